package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComposeReaderTest {
    private static String service(String body) {
        return "services:\n  web:\n    image: nginx\n" + body.indent(4);
    }

    @Test
    void namesLineAndKeyOfEveryMistake() {
        assertThat(Importing.mistakes("""
                services:
                  web:
                    image: nginx
                    prots: ["80:80"]
                    ports:
                      - "80:eighty"
                      - "99999"
                    depends_on: [bd]
                    volumes:
                      - dta:/data
                      - relative
                    healthcheck:
                      test: [FOO, bar]
                      interval: often
                    deploy:
                      replicas: some
                    secrets: [key]
                  db:
                    image: postgres
                volumes:
                  data:
                """)).satisfiesExactlyInAnyOrder(
                m -> assertThat(m).isEqualTo("services.web.prots: line 4: 'prots' is no key here;"
                        + " did you mean 'ports'?"),
                m -> assertThat(m).startsWith("services.web.ports[0]: line 6: '80:eighty'"),
                m -> assertThat(m).startsWith("services.web.ports[1]: line 7: '99999'"),
                m -> assertThat(m).isEqualTo("services.web.depends_on[0]: line 8: no service 'bd'"
                        + " is defined; did you mean 'db'?"),
                m -> assertThat(m).startsWith("services.web.volumes[0]: line 10: no volume 'dta'"),
                m -> assertThat(m).startsWith("services.web.volumes[1]: line 11: mounts at"),
                m -> assertThat(m).startsWith("services.web.healthcheck.test: line 13:"),
                m -> assertThat(m).startsWith("services.web.healthcheck.interval: line 14:"),
                m -> assertThat(m).startsWith("services.web.deploy.replicas: line 16:"),
                m -> assertThat(m).startsWith("services.web.secrets[0]: line 17: no secret"));
    }

    @Test
    void refusesWhatIsNoComposeFileOfToday() {
        assertThat(Importing.mistakes("web:\n  image: nginx\n")).singleElement().asString()
                .startsWith("web: line 1: this is a Compose file of version 1");
        assertThat(Importing.mistakes("include: [a.yml]")).singleElement().asString()
                .startsWith("include: line 1: the files that are included");
        assertThat(Importing.mistakes("")).singleElement().asString()
                .startsWith("compose.yaml: line 1: this is no Compose file");
        assertThat(Importing.mistakes("- a")).singleElement().asString().contains("line 1");
        assertThat(Importing.mistakes("version: '3'")).singleElement().asString()
                .startsWith("services: line 1: the key 'services' is missing");
        assertThat(Importing.mistakes("version: '3'\nservices:\n")).singleElement().asString()
                .startsWith("services: line 2:");
        assertThat(Importing.mistakes("services:\n  web:\n")).singleElement().asString()
                .startsWith("services.web: line 2: is empty");
    }

    @Test
    void namesTheKeyThatBrokenYamlBelongsTo() {
        assertThat(Importing.mistakes("services:\n  web:\n    image: nginx\n\t  tty: true\n"))
                .singleElement().asString().startsWith("tty: line 4, column 1:");
        assertThat(Importing.mistakes("services:\n  web:\n    image: a\n    image: b\n"))
                .singleElement().asString().startsWith("image: line 4, column 5:")
                .contains("first on line 3");
    }

    @Test
    void refusesServicesThatWaitForEachOther() {
        assertThat(Importing.mistakes("""
                services:
                  a: {image: x, depends_on: [b]}
                  b: {image: x, depends_on: [c]}
                  c: {image: x, depends_on: [a]}
                """)).singleElement().asString().startsWith("services.c.depends_on: line 4:")
                .contains("a → b → c → a");
        assertThat(Importing.mistakes(service("depends_on: [web]"))).singleElement().asString()
                .contains("cannot depend on itself");
    }

    @Test
    void servicesExtendEachOtherWithinTheFile() {
        Importing importing = Importing.of("""
                services:
                  base:
                    image: busybox
                    environment: [A=1, B=1]
                    command: [sleep, "1"]
                    volumes: ["data:/data"]
                  web:
                    extends: {service: base}
                    image: nginx
                    environment: {B: "2", C: 3}
                    command: [serve]
                    volumes: ["other:/data"]
                volumes: {data: , other: }
                """);
        Analysis.Service web = importing.analysis().services().get(1);
        assertThat(web.image()).isEqualTo("nginx");
        assertThat(web.environment()).containsEntry("A", "1").containsEntry("B", "2")
                .containsEntry("C", "3");
        assertThat(web.command()).containsExactly("serve");
        assertThat(web.volumes()).extracting(Analysis.Mount::source).containsExactly("other");
        assertThat(Importing.mistakes("""
                services:
                  a: {image: x, extends: b}
                  b: {image: x, extends: a}
                """)).singleElement().asString().contains("extend each other");
    }

    @Test
    void anchorsAndMergeKeysAreWrittenOut() {
        Importing importing = Importing.of("""
                x-common: &common
                  restart: always
                  environment: &env {LEVEL: info}
                services:
                  a:
                    <<: *common
                    image: x
                  b:
                    <<: *common
                    image: y
                    environment:
                      <<: *env
                      MORE: "1"
                """);
        assertThat(importing.data("configmap", "b-config").path("data"))
                .hasToString("{\"MORE\":\"1\",\"LEVEL\":\"info\"}");
        assertThat(importing.report("x-common")).singleElement().asString().startsWith("dropped");
    }

    @Test
    void yesIsATextAndTimesAreNoNumbers() {
        Importing importing = Importing.of(service("""
                environment: {ANSWER: yes, OFF: off, VERSION: 1.10, TIME: 22:22, HEX: 0x1F}
                ports: [22:22, 8080:80]
                """));
        assertThat(importing.data("configmap", "web-config").path("data")).hasToString(
                "{\"ANSWER\":\"yes\",\"OFF\":\"off\",\"VERSION\":\"1.10\",\"TIME\":\"22:22\","
                        + "\"HEX\":\"0x1F\"}");
        assertThat(importing.analysis().services().getFirst().ports()).first()
                .isEqualTo(new Analysis.Port(null, 22, 22, "tcp"));
    }

    @Test
    void restartNoWithoutQuotesIsUnderstood() {
        assertThat(Importing.of(service("restart: no")).analysis().services().getFirst().restart())
                .isEqualTo("no");
    }

    @Test
    void bombsAndDeepNestsAreRefusedAtOnce() {
        String bomb = "x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n" + IntStream.range(1, 30)
                .mapToObj(i -> "x%d: &x%d [%s]\n".formatted(i, i,
                        ("*x" + (i - 1) + ",").repeat(10)))
                .collect(Collectors.joining()) + "services: {web: {image: *x29}}\n";
        long before = System.nanoTime();
        assertThat(Importing.mistakes(bomb)).singleElement().asString().contains("line ");
        assertThat(Importing.mistakes("services: " + "{a: ".repeat(10_000)))
                .singleElement().asString().contains("64 levels");
        assertThat(Importing.mistakes("services:\n" + IntStream.range(0, 301)
                .mapToObj(i -> "  s%d: {image: x}\n".formatted(i)).collect(Collectors.joining())))
                .singleElement().asString().contains("at most 300");
        assertThat(System.nanoTime() - before).isLessThan(3_000_000_000L);
    }

    @Test
    void hugePortRangesCostNothing() {
        Importing importing = Importing.of(service("ports:\n" + "  - 1-65535:1-65535/udp\n"
                .repeat(1) + "expose: ['2000-3000']"));
        assertThat(importing.draft().mistakes()).isEmpty();
        assertThat(importing.report("services.web.ports[0]")).anyMatch(
                r -> r.startsWith("dropped 65335 of its 65535 ports"));
        assertThat(importing.object("Service", "web").at("/spec/ports").size()).isEqualTo(200);
    }

    @Test
    void variablesThatAreNotSetAreNamed() {
        assertThat(Importing.of(service("environment: ['A=${NOWHERE}', 'B=${X:-y}']"))
                .analysis().warnings())
                .containsExactly("The variable NOWHERE is not set; it became empty");
        assertThat(Importing.mistakes(service("environment: ['A=${NEEDED:?give it}']")))
                .singleElement().asString().isEqualTo("services.web.environment[0]: line 4: the"
                        + " variable NEEDED must be set: give it");
    }

    @Test
    void emptyKeysSayNothing() {
        Importing importing = Importing.of(service("ports:\nvolumes:\nenvironment:\nbuild:\n"
                + "depends_on:\nnetworks:\nhealthcheck:\ndeploy: {}\nsecrets: []\nextends:\n"
                + "command:\nlabels:\nenv_file:\n"));
        assertThat(importing.names()).containsExactly("deployment/web");
        assertThat(importing.analysis().report()).noneMatch(
                i -> i.note().equals("not converted yet"));
    }

    @Test
    void wrongShapesAreNamedOnceEach() {
        assertThat(Importing.mistakes("""
                services:
                  web:
                    image: [a]
                    ports: {a: b}
                    environment: text
                    depends_on: 3
                    healthcheck: [a]
                    deploy: [x]
                    labels: [{a: b}]
                    env_file: {a: b}
                    command: {a: b}
                    tty: maybe
                    scale: -1
                    cpus: lots
                    restart: sometimes
                volumes: [a]
                secrets: {s: text}
                """)).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(15)
                .allMatch(m -> m.matches("(?s)[a-z.0-9\\[\\]_]+: line [0-9]+: .+"));
    }

    @Test
    void whatIsLostWithinAConvertedKeyIsNamed() {
        Importing importing = Importing.of("""
                services:
                  web:
                    image: nginx
                    build: {context: ., args: {A: b}, ssh: [default]}
                    networks: {front: {ipv4_address: 10.0.0.2, aliases: [www]}}
                    environment: [NOBODY]
                    volumes: ["data:/data"]
                networks: {front: {ipam: {driver: default}}}
                volumes: {data: {driver: local, driver_opts: {o: size=1g}}}
                """);
        assertThat(importing.analysis().report()).extracting(ReportItem::key).contains(
                "services.web.build.ssh", "services.web.networks.front.ipv4_address",
                "networks.front.ipam", "volumes.data.driver", "volumes.data.driver_opts");
        assertThat(importing.report("services.web.environment")).anyMatch(
                r -> r.startsWith("dropped NOBODY"));
        assertThat(importing.analysis().services().getFirst().build().args())
                .containsEntry("A", "b");
        assertThat(importing.object("Service", "www").at("/spec/selector/app").asText())
                .isEqualTo("web");
    }
}
