package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComposeImportTest {
    private static Importing web(String body) {
        return Importing.of("services:\n  web:\n    image: nginx\n" + body.indent(4));
    }

    @Test
    void variablesReachTheContainerAndSensitiveOnesAreSealed() {
        Importing importing = web("""
                environment:
                  LEVEL: 3
                  DEBUG: true
                  EMPTY:
                  API_KEY: k
                  DATABASE_URL: postgres://u:p@db/x
                  PASSWORD_FILE: /run/secrets/p
                """);
        assertThat(importing.container("Deployment", "web").path("envFrom")).hasToString(
                "[{\"configMapRef\":{\"name\":\"web-config\"}},"
                        + "{\"secretRef\":{\"name\":\"web-secrets\"}}]");
        assertThat(importing.object("ConfigMap", "web-config").path("data")).hasToString(
                "{\"LEVEL\":\"3\",\"DEBUG\":\"true\",\"PASSWORD_FILE\":\"/run/secrets/p\"}");
        assertThat(importing.imported().secrets().values()).containsExactly(
                Map.of("API_KEY", "k", "DATABASE_URL", "postgres://u:p@db/x"));
        assertThat(importing.data("secret", "web-secrets").path("keys").size()).isEqualTo(2);
        assertThat(importing.analysis().services().getFirst().environment())
                .containsEntry("API_KEY", "********").containsEntry("LEVEL", "3");
        assertThat(importing.imported().toString()).doesNotContain("u:p@");
    }

    @Test
    void variablesOfFilesAndOfTheCallerAreTaken() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    env_file: [./web.env, gone.env]
                    environment: [FROM_CALLER, B=own]
                """, Map.of("FROM_CALLER", "yes"), Set.of(), Map.of("web.env", "A=1\nB=2\n"));
        assertThat(importing.data("configmap", "web-config").path("data")).hasToString(
                "{\"A\":\"1\",\"B\":\"own\",\"FROM_CALLER\":\"yes\"}");
        assertThat(importing.report("services.web.env_file")).anyMatch(
                r -> r.startsWith("dropped the file gone.env"));
    }

    @Test
    void everyServiceThatOthersSpeakOfHasAHostName() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: example/web
                    environment: {CACHE: "redis://cache:6379/0", API: "http://api:8000"}
                    depends_on: [db]
                    links: ["queue:mq"]
                  api: {image: example/api}
                  db: {image: "postgres:17"}
                  cache: {image: example/mycache}
                  queue: {image: "rabbitmq:4"}
                  silent: {image: example/worker}
                  hidden:
                    image: example/hidden
                    depends_on: {nobody: {condition: service_started}}
                  nobody: {image: example/nobody}
                """);
        assertThat(importing.object("Service", "db").at("/spec/ports/0/port").asInt())
                .isEqualTo(5432);
        assertThat(importing.object("Service", "cache").at("/spec/ports/0/port").asInt())
                .isEqualTo(6379);
        assertThat(importing.object("Service", "api").at("/spec/ports/0/port").asInt())
                .isEqualTo(8000);
        assertThat(importing.object("Service", "mq").at("/spec/selector/app").asText())
                .isEqualTo("queue");
        assertThat(importing.object("Service", "nobody").at("/spec/clusterIP").asText())
                .isEqualTo("None");
        assertThat(importing.object("Service", "nobody").path("spec").has("ports")).isFalse();
        assertThat(importing.has("service", "silent")).isFalse();
        assertThat(importing.has("service", "web")).isFalse();
    }

    @Test
    void aServiceKeepsTheContainersPortAndThePublishedOne() {
        Importing importing = web("""
                ports: ["8080:80", "53:53/udp", "127.0.0.1:9229:9229"]
                expose: ["9000"]
                """);
        JsonNode ports = importing.object("Service", "web").at("/spec/ports");
        assertThat(ports.findValuesAsText("port"))
                .containsExactly("80", "53", "9229", "9000", "8080");
        assertThat(ports.findValuesAsText("targetPort"))
                .containsExactly("80", "53", "9229", "9000", "80");
        assertThat(importing.report("services.web.ports[2]")).singleElement().asString()
                .contains("not bound to 127.0.0.1");
    }

    @Test
    void longFormsMeanTheSame() {
        JsonNode ports = web("""
                ports:
                  - {target: 80, published: "8080", protocol: tcp, mode: host, name: http}
                  - {target: "53", protocol: udp, host_ip: 127.0.0.1}
                """).object("Service", "web").at("/spec/ports");
        assertThat(ports.findValuesAsText("port")).containsExactly("80", "53", "8080");
    }

    @Test
    void mountsClaimsMemoryAndReadOnlyVolumes() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    volumes:
                      - {type: tmpfs, target: /cache, tmpfs: {size: 64m}}
                      - {type: volume, source: data, target: /data, read_only: true,
                         volume: {subpath: sub}}
                      - /anonymous
                    tmpfs: "/tmp:size=1g"
                    shm_size: 128m
                  db:
                    image: postgres
                    volumes: ["Old_Data:/var/lib/postgresql/data:z"]
                volumes:
                  data: {name: shared-data}
                  Old_Data: {external: true}
                  unused: {}
                """);
        JsonNode mounts = importing.container("Deployment", "web").path("volumeMounts");
        assertThat(mounts.findValuesAsText("mountPath")).containsExactlyInAnyOrder("/cache",
                "/data", "/anonymous", "/tmp", "/dev/shm");
        JsonNode data = importing.data("deployment", "web").path("volumeMounts").get(1);
        assertThat(data.path("subPath").asText()).isEqualTo("sub");
        assertThat(data.path("readOnly").asBoolean()).isTrue();
        assertThat(importing.object("PersistentVolumeClaim", "shared-data")).isNotNull();
        assertThat(importing.has("persistentvolumeclaim", "old-data")).isFalse();
        assertThat(importing.object("StatefulSet", "db")
                .at("/spec/template/spec/volumes/0/persistentVolumeClaim/claimName").asText())
                .isEqualTo("old-data");
        assertThat(importing.report("volumes.unused")).singleElement().asString()
                .isEqualTo("dropped no converted service uses it");
        assertThat(importing.report("volumes.Old_Data")).isNotEmpty();
    }

    @Test
    void bindMountsBecomeConfigMapsClaimsOrAreDroppedWithReason() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    volumes:
                      - ./nginx.conf:/etc/nginx/nginx.conf:ro
                      - ./conf.d:/etc/nginx/conf.d
                      - ./data:/data
                      - /var/run/docker.sock:/var/run/docker.sock
                      - ./pages:/usr/share/nginx/html:ro
                  code:
                    build: .
                    volumes: [".:/app", "/app/node_modules"]
                """, Map.of(), Set.of(), Map.of("nginx.conf", "events {}", "conf.d/a.conf", "#a"));
        JsonNode mounts = importing.container("Deployment", "web").path("volumeMounts");
        assertThat(mounts.findValuesAsText("mountPath")).containsExactly(
                "/etc/nginx/nginx.conf", "/etc/nginx/conf.d", "/data");
        assertThat(mounts.get(0).path("subPath").asText()).isEqualTo("nginx.conf");
        assertThat(importing.data("configmap", "web-conf-d").path("data"))
                .hasToString("{\"a.conf\":\"#a\"}");
        assertThat(importing.has("persistentvolumeclaim", "web-data")).isTrue();
        assertThat(importing.report("services.web.volumes[3]")).singleElement().asString()
                .startsWith("dropped pods are not given the node's own files");
        assertThat(importing.container("Deployment", "code").has("volumeMounts")).isFalse();
        assertThat(importing.analysis().needsBuild()).isTrue();
    }

    @Test
    void healthChecksBecomeProbesUnlessTheirScriptIsMissing() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    healthcheck:
                      test: curl -f localhost || exit 1
                      interval: 1m30s
                      timeout: 500ms
                      retries: 0
                      start_period: 90s
                  off: {image: x, healthcheck: {disable: true}}
                  gone:
                    image: x
                    volumes: ["./checks:/checks"]
                    healthcheck: {test: [CMD, /checks/run.sh]}
                """);
        JsonNode web = importing.container("Deployment", "web");
        assertThat(web.path("readinessProbe")).hasToString("{\"exec\":{\"command\":[\"/bin/sh\","
                + "\"-c\",\"curl -f localhost || exit 1\"]},\"initialDelaySeconds\":0,"
                + "\"periodSeconds\":90,\"timeoutSeconds\":1,\"failureThreshold\":1}");
        assertThat(web.at("/livenessProbe/initialDelaySeconds").asInt()).isEqualTo(90);
        assertThat(importing.container("Deployment", "off").has("readinessProbe")).isFalse();
        assertThat(importing.container("Deployment", "gone").has("readinessProbe")).isFalse();
        assertThat(importing.report("services.gone.healthcheck")).singleElement().asString()
                .startsWith("dropped its test needs /checks");
    }

    @Test
    void commandsAreSplitAndNotFilledInTwice() {
        JsonNode web = web("""
                entrypoint: sh -c
                command: ["echo $$(HOSTNAME) $$HOME"]
                working_dir: /srv
                """).container("Deployment", "web");
        assertThat(web.path("command")).hasToString("[\"sh\",\"-c\"]");
        assertThat(web.path("args")).hasToString("[\"echo $$(HOSTNAME) $HOME\"]");
        assertThat(web.path("workingDir").asText()).isEqualTo("/srv");
    }

    @Test
    void workloadsFollowModeImageAndVolumes() {
        Importing importing = Importing.of("""
                services:
                  agent: {image: agent, deploy: {mode: global}}
                  migrate: {image: m, restart: "no"}
                  seed: {image: s}
                  web:
                    image: w
                    depends_on: {seed: {condition: service_completed_successfully}}
                    deploy: {replicas: 0}
                  files: {image: f, volumes: ["d:/d"]}
                volumes: {d: }
                """);
        assertThat(importing.names()).contains("daemonset/agent", "job/migrate", "job/seed",
                "deployment/web", "statefulset/files");
        assertThat(importing.object("Deployment", "web").at("/spec/replicas").asInt(9)).isZero();
        assertThat(importing.edges()).contains("job/seed>deployment/web");
        assertThat(importing.data("deployment", "web").at("/dependsOn/0/condition").asText())
                .isEqualTo("service_completed_successfully");
    }

    @Test
    void resourcesAndGpusAreAskedFor() {
        JsonNode resources = web("""
                deploy:
                  resources:
                    limits: {cpus: "1.5", memory: 512M}
                    reservations:
                      memory: 256M
                      devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]
                """).container("Deployment", "web").path("resources");
        assertThat(resources).hasToString("{\"requests\":{\"memory\":\"256Mi\"},"
                + "\"limits\":{\"cpu\":\"1500m\",\"memory\":\"512Mi\",\"nvidia.com/gpu\":\"2\"}}");
    }

    @Test
    void processesKeepWhatKubernetesCanGiveThem() {
        Importing importing = web("""
                user: "1000:1001"
                cap_add: [CAP_NET_ADMIN]
                privileged: true
                read_only: true
                sysctls: {net.ipv4.ip_unprivileged_port_start: 0, net.core.somaxconn: 1024}
                stop_grace_period: 1m
                extra_hosts: ["db.local:10.0.0.1", "host.docker.internal:host-gateway"]
                dns: 1.1.1.1
                hostname: Web_1
                tty: true
                stdin_open: true
                init: true
                platform: linux/arm64
                pull_policy: always
                ulimits: {nofile: 1024}
                labels: ["traefik.http.routers.go.rule=Path(`/`)"]
                security_opt: [no-new-privileges:true]
                """);
        JsonNode pod = importing.object("Deployment", "web").at("/spec/template/spec");
        JsonNode context = pod.at("/containers/0/securityContext");
        assertThat(context.path("runAsUser").asInt()).isEqualTo(1000);
        assertThat(context.path("runAsGroup").asInt()).isEqualTo(1001);
        assertThat(context.at("/capabilities/add/0").asText()).isEqualTo("NET_ADMIN");
        assertThat(context.path("privileged").asBoolean()).isTrue();
        assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(pod.at("/securityContext/sysctls")).hasSize(1);
        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isEqualTo(60);
        assertThat(pod.at("/hostAliases/0/hostnames/0").asText()).isEqualTo("db.local");
        assertThat(pod.at("/dnsConfig/nameservers/0").asText()).isEqualTo("1.1.1.1");
        assertThat(pod.path("hostname").asText()).isEqualTo("web-1");
        assertThat(pod.at("/nodeSelector/kubernetes.io~1arch").asText()).isEqualTo("arm64");
        assertThat(pod.at("/containers/0/imagePullPolicy").asText()).isEqualTo("Always");
        assertThat(importing.object("Deployment", "web").at("/metadata/annotations/"
                + "traefik.http.routers.go.rule").asText()).isEqualTo("Path(`/`)");
        assertThat(importing.report("services.web.ulimits")).singleElement().asString()
                .startsWith("dropped");
        assertThat(importing.report("services.web.init")).singleElement().asString()
                .startsWith("dropped");
    }

    @Test
    void secretsAndConfigsAreMountedAsFiles() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    secrets: [token, {source: cert, target: /tls/cert.pem, mode: 0440}]
                    configs: [{source: site, target: /etc/site.conf}]
                secrets:
                  token: {environment: TOKEN}
                  cert: {file: ./cert.pem}
                configs:
                  site: {content: "name: $${x}"}
                """, Map.of("TOKEN", "t0k"), Set.of(), Map.of());
        JsonNode mounts = importing.data("deployment", "web").path("volumeMounts");
        assertThat(mounts.findValuesAsText("mountPath")).containsExactly(
                "/run/secrets/token", "/tls/cert.pem", "/etc/site.conf");
        assertThat(mounts.get(1).path("defaultMode").asInt()).isEqualTo(0440);
        assertThat(importing.imported().secrets().values()).containsExactly(
                Map.of("token", "t0k"));
        assertThat(importing.draft().unfilled()).extracting(n -> n.name()).containsExactly("cert");
        assertThat(importing.data("configmap", "site").at("/data/site").asText())
                .isEqualTo("name: ${x}");
    }

    @Test
    void namesThatKubernetesDoesNotTakeAreChangedWhereOthersUseThem() {
        Importing importing = Importing.of("""
                services:
                  my_db: {image: postgres}
                  WEB:
                    image: nginx
                    environment: {HOST: my_db, URL: "pg://my_db:5432/my_db_name"}
                  1st: {image: x}
                """);
        assertThat(importing.has("service", "my-db")).isTrue();
        assertThat(importing.data("configmap", "web-config").path("data")).hasToString(
                "{\"HOST\":\"my-db\",\"URL\":\"pg://my-db:5432/my_db_name\"}");
        assertThat(importing.has("deployment", "svc-1st")).isTrue();
        assertThat(importing.report("services.WEB")).anyMatch(r -> r.contains("is called 'web'"));
    }

    @Test
    void profilesChooseServices() {
        String file = """
                services:
                  web: {image: nginx}
                  tools: {image: x, profiles: [debug]}
                """;
        assertThat(Importing.of(file).names()).containsExactly("deployment/web");
        assertThat(Importing.of(file, Map.of(), Set.of("debug"), Map.of()).names())
                .containsExactly("deployment/web", "deployment/tools");
    }

    @Test
    void serviceWithoutImageIsAnErrorThatLeavesTheOthers() {
        Importing importing = Importing.of("""
                services:
                  web: {image: nginx, depends_on: [gone]}
                  gone: {ports: ["80"]}
                """);
        assertThat(importing.analysis().errors()).singleElement().satisfies(error -> {
            assertThat(error.code()).isEqualTo("SERVICE_NO_IMAGE");
            assertThat(error.service()).isEqualTo("gone");
            assertThat(error.message()).contains("line 3");
        });
        assertThat(importing.names()).containsExactly("deployment/web");
    }

    @Test
    void labelsOfOtherConvertersAreUnderstood() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    ports: ["80:80"]
                    labels:
                      kompose.service.type: nodeport
                      kompose.service.nodeport.port: "30080"
                      kompose.service.expose: "a.example.com/x,*.b.org"
                      kompose.service.expose.tls-secret: cert
                      kompose.hpa.replicas.max: "5"
                      kompose.hpa.cpu: "50"
                      kompose.unknown.thing: x
                  tick:
                    image: busybox
                    labels: {kompose.cronjob.schedule: "* * * * *"}
                """);
        assertThat(importing.object("Service", "web").at("/spec/ports/0/nodePort").asInt())
                .isEqualTo(30080);
        assertThat(importing.object("Ingress", "web").at("/spec/rules").findValuesAsText("host"))
                .containsExactly("a.example.com", "*.b.org");
        assertThat(importing.object("HorizontalPodAutoscaler", "web")
                .at("/spec/scaleTargetRef/name").asText()).isEqualTo("web");
        assertThat(importing.object("CronJob", "tick").at("/spec/schedule").asText())
                .isEqualTo("* * * * *");
        assertThat(importing.report("services.web.labels")).anyMatch(
                r -> r.contains("not converted yet: kompose.unknown.thing"));
    }

    @Test
    void theWireHasItsOwnFieldNames() {
        Importing importing = web("""
                ports: ["8080:80"]
                healthcheck: {test: "true", interval: 10s}
                deploy: {resources: {limits: {memory: 1g}}}
                """);
        JsonNode json = new ObjectMapper().valueToTree(importing.analysis());
        assertThat(json.path("detectedType").asText()).isEqualTo("docker-compose");
        assertThat(json.fieldNames()).toIterable().contains("services", "volumes", "networks",
                "warnings", "errors", "suggestedNodes", "suggestedEdges", "layoutPositions",
                "needsBuild", "report");
        assertThat(json.at("/services/0/ports/0")).hasToString(
                "{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}");
        assertThat(json.at("/services/0/healthcheck/interval").asText()).isEqualTo("10s");
        assertThat(json.at("/services/0/resources/limits/memory").asText()).isEqualTo("1Gi");
        assertThat(json.at("/suggestedNodes/0/data/name").asText()).isEqualTo("web");
        assertThat(json.at("/report/0/outcome").asText()).isEqualTo("converted");
    }
}
