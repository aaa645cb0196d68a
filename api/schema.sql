-- The database, as the migrations make it. Columns are in alphabetical order.

create table address (
    address_type text not null,
    attached_kind text,
    attached_to text,
    bound boolean not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    ip_address inet not null,
    ip_version text not null,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    network_id text,
    organization_id text not null,
    project_id text not null,
    region text not null,
    state text not null,
    subnet_id text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint address_address_type_check CHECK ((address_type = ANY (ARRAY['EXTERNAL'::text, 'INTERNAL'::text]))),
    constraint address_check CHECK (((state = 'inUse'::text) = (attached_to IS NOT NULL))),
    constraint address_ip_version_check CHECK ((ip_version = ANY (ARRAY['IPV4'::text, 'IPV6'::text]))),
    constraint address_network_id_fkey FOREIGN KEY (network_id) REFERENCES network(id),
    constraint address_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint address_pkey PRIMARY KEY (id),
    constraint address_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint address_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint address_state_check CHECK ((state = ANY (ARRAY['available'::text, 'inUse'::text, 'released'::text]))),
    constraint address_subnet_id_fkey FOREIGN KEY (subnet_id) REFERENCES subnet(id)
);
CREATE INDEX address_attached ON public.address USING btree (attached_to) WHERE (attached_to IS NOT NULL);
CREATE UNIQUE INDEX address_name ON public.address USING btree (project_id, region, name) WHERE (deleted_at IS NULL);
CREATE INDEX address_network ON public.address USING btree (network_id);
CREATE INDEX address_newest ON public.address USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX address_of_organization ON public.address USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX address_of_project ON public.address USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX address_once ON public.address USING btree (subnet_id, ip_address) WHERE (deleted_at IS NULL);
CREATE INDEX address_page ON public.address USING btree (project_id, region, created_at DESC, id);
CREATE INDEX address_subnet ON public.address USING btree (subnet_id);

create table address_range (
    first inet not null,
    last inet not null,
    subnet_id text not null,
    constraint address_range_check CHECK ((first <= last)),
    constraint address_range_pkey PRIMARY KEY (subnet_id, last),
    constraint address_range_subnet_id_fkey FOREIGN KEY (subnet_id) REFERENCES subnet(id) ON DELETE CASCADE
);

create table api_key (
    created_at timestamp with time zone not null,
    description text,
    display_name text not null,
    expires_at timestamp with time zone,
    id text not null,
    last_used_address text,
    last_used_at timestamp with time zone,
    name text not null,
    old_secret_hash bytea,
    old_secret_until timestamp with time zone,
    organization_id text,
    project_id text,
    roles text[],
    secret_hash bytea not null,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    user_id text not null,
    version bigint not null default 1,
    constraint api_key_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint api_key_pkey PRIMARY KEY (id),
    constraint api_key_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint api_key_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text]))),
    constraint api_key_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE UNIQUE INDEX api_key_name ON public.api_key USING btree (user_id, name);
CREATE INDEX api_key_organization ON public.api_key USING btree (organization_id);

create table authorization_code (
    challenge text,
    client_id text not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    parent_id text not null,
    redirect_uri text not null,
    session_id text,
    terms jsonb not null,
    used_at timestamp with time zone,
    user_id text not null,
    constraint authorization_code_pkey PRIMARY KEY (hash),
    constraint authorization_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX authorization_code_age ON public.authorization_code USING btree (created_at);

create table capacity_shown (
    changed bigint not null,
    code text not null,
    kind text not null,
    operators boolean not null,
    region text not null,
    shown jsonb,
    zone text not null,
    constraint capacity_shown_kind_check CHECK ((kind = ANY (ARRAY['instanceType'::text, 'gpuType'::text]))),
    constraint capacity_shown_pkey PRIMARY KEY (operators, region, kind, zone, code)
);

create table client_assertion (
    expires_at timestamp with time zone not null,
    hash bytea not null,
    constraint client_assertion_pkey PRIMARY KEY (hash)
);
CREATE INDEX client_assertion_age ON public.client_assertion USING btree (expires_at);

create table client_session (
    client_id text not null,
    session_id text not null,
    terms jsonb not null,
    constraint client_session_pkey PRIMARY KEY (session_id),
    constraint client_session_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE
);
CREATE INDEX client_session_client ON public.client_session USING btree (client_id);

create table cluster (
    available_upgrades jsonb not null default '[]'::jsonb,
    ca_certificate text,
    conditions jsonb not null default '[]'::jsonb,
    connection bigint not null default 0,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    endpoint_url text,
    id text not null,
    kubernetes_version text,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    node_pools jsonb not null default '[]'::jsonb,
    organization_id text not null,
    origin text not null,
    plan jsonb,
    project_id text not null,
    region text not null,
    run_id text,
    sealed_kubeconfig bytea,
    services jsonb not null default '[]'::jsonb,
    setup jsonb not null default '{"config": {}, "services": []}'::jsonb,
    state text not null,
    state_reason text,
    template text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint cluster_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint cluster_origin_check CHECK ((origin = ANY (ARRAY['provisioned'::text, 'attached'::text]))),
    constraint cluster_pkey PRIMARY KEY (id),
    constraint cluster_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
CREATE INDEX cluster_alive ON public.cluster USING btree (region, state) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX cluster_name ON public.cluster USING btree (project_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX cluster_named ON public.cluster USING btree (name, id) WHERE (deleted_at IS NULL);
CREATE INDEX cluster_newest ON public.cluster USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX cluster_of_organization ON public.cluster USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX cluster_of_project ON public.cluster USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX cluster_organization ON public.cluster USING btree (organization_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX cluster_page ON public.cluster USING btree (project_id, region, created_at DESC, id);
CREATE INDEX cluster_stack ON public.cluster USING btree (((plan ->> 'stack'::text))) WHERE ((plan IS NOT NULL) AND (deleted_at IS NULL));

create table consent (
    client_id text not null,
    given_at timestamp with time zone not null,
    scopes text[] not null,
    user_id text not null,
    constraint consent_pkey PRIMARY KEY (user_id, client_id),
    constraint consent_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);

create table credential (
    created_at timestamp with time zone not null,
    id bigint not null generated always as identity,
    is_active boolean not null default true,
    last_used_at timestamp with time zone,
    scope text not null,
    sealed_secret bytea,
    service text not null,
    subject text not null,
    updated_at timestamp with time zone not null,
    user_id text not null,
    constraint credential_pkey PRIMARY KEY (id),
    constraint credential_service_check CHECK ((service = ANY (ARRAY['git'::text, 'registry'::text, 'kubernetes'::text]))),
    constraint credential_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE UNIQUE INDEX credential_scope ON public.credential USING btree (user_id, service, scope);

create table deploy (
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    organization_id text not null,
    parameters jsonb not null default '{}'::jsonb,
    project_id text not null,
    region text not null,
    replicas integer not null,
    run_id text,
    stack_id text not null,
    state text not null,
    state_reason text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint deploy_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint deploy_pkey PRIMARY KEY (id),
    constraint deploy_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint deploy_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint deploy_stack_id_fkey FOREIGN KEY (stack_id) REFERENCES stack(id),
    constraint deploy_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'validating'::text, 'deploying'::text, 'running'::text, 'updating'::text, 'failed'::text, 'deleting'::text, 'deleted'::text])))
);
CREATE UNIQUE INDEX deploy_name ON public.deploy USING btree (project_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX deploy_newest ON public.deploy USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX deploy_of_organization ON public.deploy USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX deploy_of_project ON public.deploy USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX deploy_page ON public.deploy USING btree (project_id, region, created_at DESC, id);
CREATE INDEX deploy_region ON public.deploy USING btree (region, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX deploy_stack ON public.deploy USING btree (stack_id) WHERE (deleted_at IS NULL);

create table deploy_resource (
    deploy_id text not null,
    kind text not null,
    position integer not null,
    resource_id text not null,
    constraint deploy_resource_deploy_id_fkey FOREIGN KEY (deploy_id) REFERENCES deploy(id) ON DELETE CASCADE,
    constraint deploy_resource_pkey PRIMARY KEY (deploy_id, "position")
);

create table device_code (
    address text,
    asked_at timestamp with time zone,
    auth_time timestamp with time zone,
    client_id text not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    parent_id text,
    pause integer not null,
    scopes text[] not null,
    state text not null default 'pending'::text,
    user_code text not null,
    user_id text,
    constraint device_code_pkey PRIMARY KEY (hash),
    constraint device_code_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'allowed'::text, 'denied'::text, 'used'::text]))),
    constraint device_code_user_code_key UNIQUE (user_code),
    constraint device_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX device_code_age ON public.device_code USING btree (expires_at);

create table diagram (
    cluster text not null,
    created_at timestamp with time zone not null,
    current_version integer not null default 1,
    deleted_at timestamp with time zone,
    description text not null,
    edges jsonb not null,
    failure_count integer not null default 0,
    id text not null,
    last_run text,
    last_run_at timestamp with time zone,
    name text not null,
    node_states jsonb not null default '{}'::jsonb,
    nodes jsonb not null,
    organization text not null,
    owner text not null,
    project text not null,
    run_count integer not null default 0,
    status text not null,
    success_count integer not null default 0,
    tags jsonb not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint diagram_pkey PRIMARY KEY (id)
);
CREATE INDEX diagram_list ON public.diagram USING btree (project, updated_at DESC, id) WHERE (deleted_at IS NULL);

create table diagram_object (
    api_version text not null,
    cluster text not null,
    diagram text not null,
    kind text not null,
    name text not null,
    namespace text not null,
    node text not null,
    position integer not null,
    constraint diagram_object_diagram_fkey FOREIGN KEY (diagram) REFERENCES diagram(id),
    constraint diagram_object_pkey PRIMARY KEY (diagram, cluster, api_version, kind, namespace, name)
);

create table diagram_run (
    created_at timestamp with time zone not null,
    diagram text not null,
    id text not null,
    logs jsonb not null,
    node_states jsonb not null,
    version integer not null,
    constraint diagram_run_diagram_fkey FOREIGN KEY (diagram) REFERENCES diagram(id) ON DELETE CASCADE,
    constraint diagram_run_pkey PRIMARY KEY (id)
);
CREATE INDEX diagram_run_list ON public.diagram_run USING btree (diagram, created_at DESC, id);

create table diagram_secret (
    diagram text not null,
    node text not null,
    sealed bytea not null,
    constraint diagram_secret_diagram_fkey FOREIGN KEY (diagram) REFERENCES diagram(id) ON DELETE CASCADE,
    constraint diagram_secret_pkey PRIMARY KEY (diagram, node)
);

create table diagram_version (
    automatic boolean not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    description text not null,
    diagram text not null,
    edges jsonb not null,
    id text not null,
    name text,
    nodes jsonb not null,
    number integer not null,
    restored_from integer,
    run text,
    tag text,
    constraint diagram_version_diagram_fkey FOREIGN KEY (diagram) REFERENCES diagram(id),
    constraint diagram_version_diagram_number_key UNIQUE (diagram, number),
    constraint diagram_version_pkey PRIMARY KEY (id)
);
CREATE INDEX diagram_version_list ON public.diagram_version USING btree (diagram, created_at DESC, id);
CREATE INDEX diagram_version_run ON public.diagram_version USING btree (run) WHERE (run IS NOT NULL);

create table email_change (
    email text not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    user_id text not null,
    constraint email_change_hash_key UNIQUE (hash),
    constraint email_change_pkey PRIMARY KEY (user_id),
    constraint email_change_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);

create table epoch (
    changed_by xid8 not null default pg_current_xact_id(),
    name text not null,
    value bigint not null,
    constraint epoch_pkey PRIMARY KEY (name)
);
CREATE INDEX epoch_change ON public.epoch USING btree (changed_by);

create table event (
    actor text not null,
    data jsonb not null,
    id text not null,
    organization text,
    project text,
    request_id text not null,
    run_id text,
    seq bigint not null generated always as identity,
    subject_id text not null,
    subject_kind text not null,
    time timestamp with time zone not null default now(),
    type text not null,
    xid xid8 not null default pg_current_xact_id(),
    constraint event_pkey PRIMARY KEY (xid, seq)
);
CREATE INDEX event_organization ON public.event USING btree (organization, xid, seq) WHERE (organization IS NOT NULL);
CREATE INDEX event_subject ON public.event USING btree (subject_id, xid, seq);

create table federation_code (
    browser bytea,
    entry jsonb not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    user_id text not null,
    constraint federation_code_pkey PRIMARY KEY (hash),
    constraint federation_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX federation_code_age ON public.federation_code USING btree (expires_at);

create table federation_state (
    expires_at timestamp with time zone not null,
    hash bytea not null,
    constraint federation_state_pkey PRIMARY KEY (hash)
);
CREATE INDEX federation_state_age ON public.federation_state USING btree (expires_at);

create table gpu_type (
    code text not null,
    created_at timestamp with time zone not null,
    device_name text not null,
    display_name text not null,
    id text not null default ((region || '/'::text) || code),
    memory_gb integer not null,
    region text not null,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    vendor text not null,
    version bigint not null default 1,
    constraint gpu_type_memory_gb_check CHECK ((memory_gb > 0)),
    constraint gpu_type_pkey PRIMARY KEY (id),
    constraint gpu_type_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint gpu_type_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);
CREATE INDEX gpu_type_page ON public.gpu_type USING btree (region, created_at DESC, id);

create table group_member (
    added_by text not null,
    created_at timestamp with time zone not null,
    group_id text not null,
    id text not null,
    organization_id text not null,
    user_id text not null,
    constraint group_member_group_id_fkey FOREIGN KEY (group_id) REFERENCES iam_group(id),
    constraint group_member_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES member(organization_id, user_id) ON DELETE CASCADE,
    constraint group_member_pkey PRIMARY KEY (id)
);
CREATE INDEX group_member_of ON public.group_member USING btree (user_id, organization_id);
CREATE UNIQUE INDEX group_member_once ON public.group_member USING btree (group_id, user_id);
CREATE INDEX group_member_page ON public.group_member USING btree (group_id, created_at DESC, id);

create table handover (
    address text not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    session_id text,
    state text not null default 'waiting'::text,
    token_ends timestamp with time zone,
    constraint handover_pkey PRIMARY KEY (hash),
    constraint handover_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'allowed'::text, 'denied'::text, 'used'::text])))
);
CREATE INDEX handover_address ON public.handover USING btree (address);
CREATE INDEX handover_age ON public.handover USING btree (expires_at);

create table iam_group (
    created_at timestamp with time zone not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text not null,
    id text not null,
    name text not null,
    organization_id text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint iam_group_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint iam_group_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX iam_group_name ON public.iam_group USING btree (organization_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX iam_group_page ON public.iam_group USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);

create table iam_role (
    created_at timestamp with time zone not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text not null,
    id text not null,
    name text not null,
    organization_id text not null,
    permissions text[] not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint iam_role_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint iam_role_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX iam_role_name ON public.iam_role USING btree (organization_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX iam_role_page ON public.iam_role USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);

create table iam_secret (
    name text not null,
    sealed bytea not null,
    constraint iam_secret_pkey PRIMARY KEY (name)
);

create table iam_user (
    claims jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null,
    email text not null,
    email_verified boolean not null default false,
    home_organization_id text not null,
    home_project_id text not null,
    id text not null,
    name text not null,
    preferences jsonb not null default '{}'::jsonb,
    ssh_keys text[] not null default '{}'::text[],
    state text not null default 'active'::text,
    uid bigint not null generated always as identity,
    updated_at timestamp with time zone not null,
    username text not null,
    version bigint not null default 1,
    constraint iam_user_home_organization_id_fkey FOREIGN KEY (home_organization_id) REFERENCES organization(id),
    constraint iam_user_home_project_id_fkey FOREIGN KEY (home_project_id) REFERENCES project(id),
    constraint iam_user_pkey PRIMARY KEY (id),
    constraint iam_user_state_check CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text, 'disabled'::text]))),
    constraint iam_user_username_key UNIQUE (username)
);
CREATE UNIQUE INDEX iam_user_email ON public.iam_user USING btree (lower(email));
CREATE INDEX iam_user_page ON public.iam_user USING btree (created_at DESC, id);

create table idempotency_key (
    acted boolean not null default false,
    answer bytea,
    created_at timestamp with time zone not null default now(),
    fingerprint text not null,
    holder text not null default ''::text,
    id text not null,
    constraint idempotency_key_pkey PRIMARY KEY (id)
);
CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (created_at);

create table identity_provider (
    approved_by text,
    authorization_url text,
    challenge text not null,
    checked_at timestamp with time zone,
    client_id text not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    discovery_url text,
    display_name text not null,
    emails_url text,
    enabled boolean not null,
    id text not null,
    join_organization_id text,
    kind text not null,
    mfa_values text[] not null default '{}'::text[],
    missing_since timestamp with time zone,
    name text not null,
    organization_id text,
    proved_at timestamp with time zone,
    scopes text[] not null,
    sealed_client_secret bytea,
    sign_up text not null,
    tenant_domain text,
    token_url text,
    updated_at timestamp with time zone not null,
    userinfo_url text,
    version bigint not null default 1,
    constraint identity_provider_join_organization_id_fkey FOREIGN KEY (join_organization_id) REFERENCES organization(id),
    constraint identity_provider_kind_check CHECK ((kind = ANY (ARRAY['oidc'::text, 'github'::text, 'gitlab'::text]))),
    constraint identity_provider_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint identity_provider_pkey PRIMARY KEY (id),
    constraint identity_provider_sign_up_check CHECK ((sign_up = ANY (ARRAY['domain'::text, 'anyone'::text, 'nobody'::text])))
);
CREATE UNIQUE INDEX identity_provider_domain ON public.identity_provider USING btree (organization_id, tenant_domain) NULLS NOT DISTINCT WHERE (tenant_domain IS NOT NULL);
CREATE UNIQUE INDEX identity_provider_name ON public.identity_provider USING btree (organization_id, name) NULLS NOT DISTINCT;
CREATE INDEX identity_provider_page ON public.identity_provider USING btree (organization_id, created_at DESC, id);
CREATE UNIQUE INDEX identity_provider_proved ON public.identity_provider USING btree (tenant_domain) WHERE (proved_at IS NOT NULL);

create table image (
    architecture text not null,
    checksum text,
    code text not null,
    created_at timestamp with time zone not null,
    display_name text not null,
    id text not null default ((region || '/'::text) || code),
    min_disk_gb integer not null,
    os text not null,
    region text not null,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    url text not null,
    version bigint not null default 1,
    constraint image_min_disk_gb_check CHECK ((min_disk_gb > 0)),
    constraint image_pkey PRIMARY KEY (id),
    constraint image_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint image_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);
CREATE INDEX image_page ON public.image USING btree (region, created_at DESC, id);

create table import_session (
    created_at timestamp with time zone not null,
    id text not null,
    owner text not null,
    sealed bytea not null,
    constraint import_session_pkey PRIMARY KEY (id)
);
CREATE INDEX import_session_age ON public.import_session USING btree (created_at);

create table inference_endpoint (
    cluster_id text,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    endpoint_url text,
    engine text not null,
    id text not null,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    organization_id text not null,
    project_id text not null,
    ready_replicas integer not null default 0,
    region text not null,
    run_id text,
    sealed_settings bytea,
    serving jsonb not null,
    state text not null,
    state_reason text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint inference_endpoint_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES cluster(id),
    constraint inference_endpoint_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint inference_endpoint_pkey PRIMARY KEY (id),
    constraint inference_endpoint_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint inference_endpoint_region_fkey FOREIGN KEY (region) REFERENCES region(code)
);
CREATE INDEX inference_endpoint_cluster ON public.inference_endpoint USING btree (cluster_id) WHERE (cluster_id IS NOT NULL);
CREATE UNIQUE INDEX inference_endpoint_name ON public.inference_endpoint USING btree (project_id, region, name) WHERE (deleted_at IS NULL);
CREATE INDEX inference_endpoint_organization ON public.inference_endpoint USING btree (organization_id, region, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX inference_endpoint_page ON public.inference_endpoint USING btree (project_id, region, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX inference_endpoint_region ON public.inference_endpoint USING btree (region, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX inference_newest ON public.inference_endpoint USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX inference_of_organization ON public.inference_endpoint USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX inference_of_project ON public.inference_endpoint USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);

create table installation (
    founded_at timestamp with time zone not null,
    founder_id text not null,
    one boolean not null default true,
    constraint installation_one_check CHECK (one),
    constraint installation_pkey PRIMARY KEY (one)
);

create table instance (
    allocation_id text,
    cpu_cores integer not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    disks jsonb not null default '[]'::jsonb,
    display_name text,
    gpus jsonb not null default '[]'::jsonb,
    hostname text not null,
    id text not null,
    kind text not null,
    labels jsonb not null default '{}'::jsonb,
    metadata jsonb not null default '[]'::jsonb,
    name text not null,
    organization_id text not null,
    project_id text not null,
    ram_gb integer not null,
    region text not null,
    run_id text,
    server_id text,
    state text not null,
    state_reason text,
    type text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    zone text not null,
    constraint instance_kind_check CHECK ((kind = ANY (ARRAY['vm'::text, 'bareMetal'::text]))),
    constraint instance_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint instance_pkey PRIMARY KEY (id),
    constraint instance_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint instance_region_fkey FOREIGN KEY (region) REFERENCES region(code)
);
CREATE INDEX instance_alive ON public.instance USING btree (region, state) WHERE (deleted_at IS NULL);
CREATE INDEX instance_metal ON public.instance USING btree (id) WHERE ((kind = 'bareMetal'::text) AND (deleted_at IS NULL));
CREATE UNIQUE INDEX instance_name ON public.instance USING btree (project_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX instance_newest ON public.instance USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX instance_of_organization ON public.instance USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX instance_of_project ON public.instance USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX instance_page ON public.instance USING btree (project_id, region, created_at DESC, id);

create table instance_nic (
    instance_id text not null,
    ipv4_address inet,
    ipv6_address inet,
    mac_address text not null,
    network_id text not null,
    position integer not null,
    subnet_id text not null,
    constraint instance_nic_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id),
    constraint instance_nic_network_id_fkey FOREIGN KEY (network_id) REFERENCES network(id),
    constraint instance_nic_pkey PRIMARY KEY (instance_id, "position"),
    constraint instance_nic_subnet_id_fkey FOREIGN KEY (subnet_id) REFERENCES subnet(id)
);
CREATE UNIQUE INDEX instance_nic_ipv4 ON public.instance_nic USING btree (subnet_id, ipv4_address);
CREATE UNIQUE INDEX instance_nic_ipv6 ON public.instance_nic USING btree (subnet_id, ipv6_address);

create table instance_type (
    code text not null,
    cpu_cores integer not null,
    created_at timestamp with time zone not null,
    disk_gb integer not null,
    display_name text not null,
    gpu_count integer not null default 0,
    gpu_type text,
    id text not null default ((region || '/'::text) || code),
    kind text not null,
    ram_gb integer not null,
    region text not null,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    zones jsonb not null default '[]'::jsonb,
    constraint instance_type_cpu_cores_check CHECK ((cpu_cores > 0)),
    constraint instance_type_disk_gb_check CHECK ((disk_gb > 0)),
    constraint instance_type_kind_check CHECK ((kind = ANY (ARRAY['vm'::text, 'bareMetal'::text]))),
    constraint instance_type_pkey PRIMARY KEY (id),
    constraint instance_type_ram_gb_check CHECK ((ram_gb > 0)),
    constraint instance_type_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint instance_type_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);
CREATE INDEX instance_type_page ON public.instance_type USING btree (region, created_at DESC, id);

create table invitation (
    accepted_at timestamp with time zone,
    accepted_by text,
    created_at timestamp with time zone not null,
    email text not null,
    expires_at timestamp with time zone not null,
    id text not null,
    invited_by text not null,
    organization_id text not null,
    project_id text,
    role text not null,
    sent_at timestamp with time zone not null,
    state text not null default 'pending'::text,
    token_hash bytea,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint invitation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint invitation_pkey PRIMARY KEY (id),
    constraint invitation_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint invitation_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text, 'expired'::text, 'revoked'::text]))),
    constraint invitation_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX invitation_of ON public.invitation USING btree (lower(email)) WHERE (state = 'pending'::text);
CREATE UNIQUE INDEX invitation_once ON public.invitation USING btree (organization_id, project_id, lower(email)) NULLS NOT DISTINCT WHERE (state = 'pending'::text);
CREATE INDEX invitation_page ON public.invitation USING btree (organization_id, created_at DESC, id);
CREATE INDEX invitation_sent ON public.invitation USING btree (organization_id, sent_at);

create table invite_code (
    changed_at timestamp with time zone not null,
    code_hash bytea not null,
    organization_id text not null,
    sealed_code bytea not null,
    single_use boolean not null default false,
    constraint invite_code_code_hash_key UNIQUE (code_hash),
    constraint invite_code_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint invite_code_pkey PRIMARY KEY (organization_id)
);

create table kubeconfig (
    cluster_id text not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    expires_at timestamp with time zone,
    id text not null,
    issued_for text not null,
    last_downloaded_at timestamp with time zone,
    name text not null,
    organization_id text not null,
    project_id text not null,
    role text not null,
    run_id text,
    sealed_content bytea,
    state text not null,
    ttl_seconds integer not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint kubeconfig_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES cluster(id) ON DELETE CASCADE,
    constraint kubeconfig_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint kubeconfig_pkey PRIMARY KEY (id),
    constraint kubeconfig_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint kubeconfig_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'member'::text, 'viewer'::text]))),
    constraint kubeconfig_state_check CHECK ((state = ANY (ARRAY['issuing'::text, 'active'::text, 'revoking'::text, 'expired'::text, 'revoked'::text, 'failed'::text])))
);
CREATE INDEX kubeconfig_expiry ON public.kubeconfig USING btree (expires_at) WHERE (state = ANY (ARRAY['active'::text, 'revoking'::text]));
CREATE UNIQUE INDEX kubeconfig_name ON public.kubeconfig USING btree (cluster_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX kubeconfig_page ON public.kubeconfig USING btree (cluster_id, created_at DESC, id);

create table login_failure (
    failures integer not null,
    last_at timestamp with time zone not null,
    locked_until timestamp with time zone,
    subject bytea not null,
    constraint login_failure_pkey PRIMARY KEY (subject)
);
CREATE INDEX login_failure_age ON public.login_failure USING btree (last_at);

create table machine (
    allocation_id text,
    bmc_address text not null,
    boot_mac_address text,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    failure_reasons jsonb not null default '[]'::jsonb,
    gpu jsonb,
    hardware jsonb,
    health text not null,
    health_checked_at timestamp with time zone,
    id text not null,
    instance_id text,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    organization_id text not null,
    persona text not null default ''::text,
    powered_on boolean,
    project_id text not null,
    region text not null,
    run_id text,
    sealed_login bytea,
    state text not null,
    state_reason text,
    tags jsonb not null default '{}'::jsonb,
    updated_at timestamp with time zone not null,
    verify_ca boolean not null,
    version bigint not null default 1,
    wanted jsonb not null,
    zone text not null,
    constraint machine_health_check CHECK ((health = ANY (ARRAY['healthy'::text, 'degraded'::text, 'failed'::text]))),
    constraint machine_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint machine_pkey PRIMARY KEY (id),
    constraint machine_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint machine_region_fkey FOREIGN KEY (region) REFERENCES region(code)
);
CREATE INDEX machine_alive ON public.machine USING btree (region, state) WHERE (deleted_at IS NULL);
CREATE INDEX machine_allocation ON public.machine USING btree (allocation_id) WHERE (allocation_id IS NOT NULL);
CREATE UNIQUE INDEX machine_bmc ON public.machine USING btree (region, bmc_address) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX machine_instance ON public.machine USING btree (instance_id) WHERE (instance_id IS NOT NULL);
CREATE UNIQUE INDEX machine_name ON public.machine USING btree (project_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX machine_newest ON public.machine USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX machine_of_project ON public.machine USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX machine_page ON public.machine USING btree (project_id, region, created_at DESC, id);
CREATE INDEX machine_tags ON public.machine USING gin (tags) WHERE (deleted_at IS NULL);

create table machine_log (
    created_at timestamp with time zone not null,
    id text not null,
    machine_id text not null,
    message text not null,
    severity text not null,
    constraint machine_log_machine_id_fkey FOREIGN KEY (machine_id) REFERENCES machine(id),
    constraint machine_log_pkey PRIMARY KEY (id),
    constraint machine_log_severity_check CHECK ((severity = ANY (ARRAY['debug'::text, 'info'::text, 'warning'::text, 'error'::text])))
);
CREATE INDEX machine_log_page ON public.machine_log USING btree (machine_id, created_at DESC, id);

create table mail (
    attempts integer not null default 0,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    id text not null,
    kind text not null,
    next_at timestamp with time zone not null,
    sealed bytea not null,
    subject text not null,
    constraint mail_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_due ON public.mail USING btree (next_at);

create table member (
    created_at timestamp with time zone not null,
    organization_id text not null,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    user_id text not null,
    version bigint not null default 1,
    constraint member_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint member_pkey PRIMARY KEY (organization_id, user_id),
    constraint member_state_check CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text, 'disabled'::text]))),
    constraint member_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX member_of ON public.member USING btree (user_id);
CREATE INDEX member_page ON public.member USING btree (organization_id, created_at DESC, user_id);

create table network (
    cidr cidr not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    gateway inet,
    id text not null,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    organization_id text not null,
    project_id text not null,
    region text not null,
    role text not null,
    state text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    vlan_ids jsonb not null default '[]'::jsonb,
    constraint network_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint network_pkey PRIMARY KEY (id),
    constraint network_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint network_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint network_role_check CHECK ((role = ANY (ARRAY['default'::text, 'custom'::text]))),
    constraint network_state_check CHECK ((state = ANY (ARRAY['active'::text, 'deleting'::text, 'failed'::text, 'deleted'::text])))
);
CREATE UNIQUE INDEX network_name ON public.network USING btree (project_id, region, name) WHERE (deleted_at IS NULL);
CREATE INDEX network_newest ON public.network USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX network_of_organization ON public.network USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX network_of_project ON public.network USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX network_page ON public.network USING btree (project_id, region, created_at DESC, id);

create table network_use (
    kind text not null,
    network_id text not null,
    user_id text not null,
    constraint network_use_network_id_fkey FOREIGN KEY (network_id) REFERENCES network(id) ON DELETE CASCADE,
    constraint network_use_pkey PRIMARY KEY (network_id, kind, user_id)
);
CREATE INDEX network_use_of ON public.network_use USING btree (kind, user_id);

create table oauth_client (
    authentication text not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    description text,
    display_name text not null,
    grant_types text[] not null,
    id text not null,
    jwks jsonb,
    name text not null,
    old_secret_hash bytea,
    old_secret_until timestamp with time zone,
    organization_id text not null,
    post_logout_redirect_uris text[] not null,
    redirect_uris text[] not null,
    require_pkce boolean not null default true,
    scopes text[] not null,
    secret_hash bytea,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    web_origins text[] not null default '{}'::text[],
    constraint oauth_client_authentication_check CHECK ((authentication = ANY (ARRAY['none'::text, 'client_secret'::text, 'private_key_jwt'::text]))),
    constraint oauth_client_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint oauth_client_pkey PRIMARY KEY (id),
    constraint oauth_client_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);
CREATE UNIQUE INDEX oauth_client_name ON public.oauth_client USING btree (organization_id, name);
CREATE INDEX oauth_client_origin ON public.oauth_client USING gin (web_origins) WHERE (state = 'active'::text);
CREATE INDEX oauth_client_page ON public.oauth_client USING btree (organization_id, created_at DESC, id);

create table organization (
    created_at timestamp with time zone not null,
    deleted_at timestamp with time zone,
    deletion text,
    description text,
    display_name text not null,
    id text not null,
    name text not null,
    owner_id text not null,
    primary_domain text,
    settings jsonb not null default '{"requireSso": false, "allowOrgScopedKeys": true}'::jsonb,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint organization_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES iam_user(id) DEFERRABLE INITIALLY DEFERRED,
    constraint organization_pkey PRIMARY KEY (id),
    constraint organization_state_check CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text, 'deleted'::text])))
);
CREATE UNIQUE INDEX organization_name ON public.organization USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX organization_page ON public.organization USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);

create table passkey (
    created_at timestamp with time zone not null,
    credential_id bytea not null,
    id text not null,
    last_used_at timestamp with time zone,
    name text not null,
    public_key bytea not null,
    signatures bigint not null,
    user_id text not null,
    constraint passkey_credential_id_key UNIQUE (credential_id),
    constraint passkey_pkey PRIMARY KEY (id),
    constraint passkey_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX passkey_user ON public.passkey USING btree (user_id);

create table passkey_answer (
    expires_at timestamp with time zone not null,
    hash bytea not null,
    constraint passkey_answer_pkey PRIMARY KEY (hash)
);
CREATE INDEX passkey_answer_age ON public.passkey_answer USING btree (expires_at);

create table password (
    changed_at timestamp with time zone not null,
    hash text not null,
    user_id text not null,
    constraint password_pkey PRIMARY KEY (user_id),
    constraint password_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);

create table password_reset (
    expires_at timestamp with time zone not null,
    hash bytea not null,
    user_id text not null,
    constraint password_reset_pkey PRIMARY KEY (hash),
    constraint password_reset_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX password_reset_user ON public.password_reset USING btree (user_id);

create table password_reset_wish (
    created_at timestamp with time zone not null,
    email text not null,
    id text not null,
    constraint password_reset_wish_pkey PRIMARY KEY (id)
);

create table personal_token (
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    id text not null,
    is_active boolean not null default true,
    is_bound boolean not null default true,
    last_used_address text,
    last_used_at timestamp with time zone,
    name text not null,
    organization_id text not null,
    preview text not null,
    project_id text not null,
    scopes text[] not null,
    updated_at timestamp with time zone not null,
    user_id text not null,
    workspace_id text,
    constraint personal_token_hash_key UNIQUE (hash),
    constraint personal_token_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint personal_token_pkey PRIMARY KEY (id),
    constraint personal_token_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint personal_token_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX personal_token_age ON public.personal_token USING btree (expires_at);
CREATE UNIQUE INDEX personal_token_name ON public.personal_token USING btree (user_id, name);
CREATE INDEX personal_token_workspace ON public.personal_token USING btree (workspace_id) WHERE (workspace_id IS NOT NULL);

create table policy (
    created_at timestamp with time zone not null,
    created_by text not null,
    id text not null,
    organization_id text,
    principal_id text not null,
    principal_kind text not null,
    project_id text,
    resource_id text,
    role text not null,
    constraint policy_check CHECK (((project_id IS NULL) OR (organization_id IS NOT NULL))),
    constraint policy_check1 CHECK (((resource_id IS NULL) OR (project_id IS NOT NULL))),
    constraint policy_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint policy_pkey PRIMARY KEY (id),
    constraint policy_principal_kind_check CHECK ((principal_kind = ANY (ARRAY['user'::text, 'members'::text, 'group'::text, 'service_account'::text]))),
    constraint policy_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
CREATE UNIQUE INDEX policy_once ON public.policy USING btree (principal_id, principal_kind, role, organization_id, project_id, resource_id) NULLS NOT DISTINCT;
CREATE INDEX policy_page ON public.policy USING btree (organization_id, created_at DESC, id);
CREATE INDEX policy_place ON public.policy USING btree (organization_id, project_id);
CREATE INDEX policy_role ON public.policy USING btree (role) WHERE (organization_id IS NOT NULL);

create table pool (
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    name text not null,
    selector jsonb not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint pool_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX pool_name ON public.pool USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX pool_page ON public.pool USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);

create table pool_allocation (
    created_at timestamp with time zone not null,
    created_by text not null,
    expires_at timestamp with time zone,
    id text not null,
    organization_id text not null,
    pool_id text not null,
    project_id text not null,
    released_at timestamp with time zone,
    run_id text,
    servers jsonb not null,
    state text not null,
    state_reason text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint pool_allocation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint pool_allocation_pkey PRIMARY KEY (id),
    constraint pool_allocation_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES pool(id),
    constraint pool_allocation_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint pool_allocation_state_check CHECK ((state = ANY (ARRAY['active'::text, 'releasing'::text, 'released'::text, 'failed'::text])))
);
CREATE INDEX pool_allocation_expiry ON public.pool_allocation USING btree (expires_at) WHERE (state = 'active'::text);
CREATE INDEX pool_allocation_page ON public.pool_allocation USING btree (pool_id, created_at DESC, id);
CREATE INDEX pool_allocation_project ON public.pool_allocation USING btree (project_id) WHERE (state <> 'released'::text);

create table project (
    created_at timestamp with time zone not null,
    deleted_at timestamp with time zone,
    deletion text,
    description text,
    display_name text not null,
    id text not null,
    name text not null,
    organization_id text not null,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    visibility text not null,
    constraint project_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint project_pkey PRIMARY KEY (id),
    constraint project_state_check CHECK ((state = ANY (ARRAY['active'::text, 'deleted'::text]))),
    constraint project_visibility_check CHECK ((visibility = ANY (ARRAY['private'::text, 'org'::text])))
);
CREATE INDEX project_by_name ON public.project USING btree (name) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX project_name ON public.project USING btree (organization_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX project_page ON public.project USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);

create table quota (
    address_count bigint,
    cluster_count bigint,
    cpu_cores bigint,
    gpu_count bigint,
    organization_id text not null,
    project_id text,
    ram_gb bigint,
    storage_tb bigint,
    updated_at timestamp with time zone not null,
    used jsonb not null default '{}'::jsonb,
    version bigint not null default 1,
    constraint quota_address_count_check CHECK ((address_count >= 0)),
    constraint quota_cluster_count_check CHECK ((cluster_count >= 0)),
    constraint quota_cpu_cores_check CHECK ((cpu_cores >= 0)),
    constraint quota_gpu_count_check CHECK ((gpu_count >= 0)),
    constraint quota_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint quota_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint quota_ram_gb_check CHECK ((ram_gb >= 0)),
    constraint quota_storage_tb_check CHECK ((storage_tb >= 0))
);
CREATE UNIQUE INDEX quota_of ON public.quota USING btree (organization_id, project_id) NULLS NOT DISTINCT;

create table quota_reservation (
    amounts jsonb not null,
    created_at timestamp with time zone not null,
    id text not null,
    kind text not null,
    organization_id text not null,
    project_id text not null,
    constraint quota_reservation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint quota_reservation_pkey PRIMARY KEY (kind, id),
    constraint quota_reservation_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);

create table recovery_code (
    hash bytea not null,
    user_id text not null,
    constraint recovery_code_pkey PRIMARY KEY (user_id, hash),
    constraint recovery_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);

create table refresh_token (
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    hash bytea not null,
    session_id text not null,
    used_at timestamp with time zone,
    constraint refresh_token_pkey PRIMARY KEY (hash),
    constraint refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE
);
CREATE INDEX refresh_token_age ON public.refresh_token USING btree (expires_at);
CREATE INDEX refresh_token_session ON public.refresh_token USING btree (session_id);

create table region (
    code text not null,
    connection bigint not null default 1,
    created_at timestamp with time zone not null,
    display_name text not null,
    features jsonb not null default '[]'::jsonb,
    host text not null,
    sealed_kubeconfig bytea not null,
    state text not null,
    state_reason text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    zones jsonb not null default '[]'::jsonb,
    constraint region_pkey PRIMARY KEY (code),
    constraint region_state_check CHECK ((state = ANY (ARRAY['active'::text, 'degraded'::text, 'maintenance'::text, 'disabled'::text])))
);
CREATE TRIGGER region_offers AFTER INSERT ON public.region FOR EACH ROW EXECUTE FUNCTION region_offers();
CREATE TRIGGER region_zones BEFORE INSERT ON public.region FOR EACH ROW EXECUTE FUNCTION region_zones();

create table revoked_token (
    expires_at timestamp with time zone not null,
    id text not null,
    constraint revoked_token_pkey PRIMARY KEY (id)
);
CREATE INDEX revoked_token_age ON public.revoked_token USING btree (expires_at);

create table run (
    attempt integer not null default 1,
    authority jsonb not null,
    cancel_requested boolean not null default false,
    created_at timestamp with time zone not null default now(),
    deadline timestamp with time zone not null,
    epoch bigint not null,
    error_code text,
    error_message text,
    error_step text,
    exclusive boolean not null,
    finished_at timestamp with time zone,
    id text not null,
    input jsonb not null,
    lease_until timestamp with time zone not null,
    open boolean not null default true,
    organization text,
    owner text,
    parent text,
    progress text,
    project text,
    retry_of text,
    saga text not null,
    sealed bytea,
    started_at timestamp with time zone,
    status text not null,
    subject_id text,
    subject_kind text,
    triggered_by text not null,
    unwinding text,
    wake boolean not null default false,
    constraint run_pkey PRIMARY KEY (id)
);
CREATE INDEX run_due ON public.run USING btree (lease_until) WHERE open;
CREATE INDEX run_newest ON public.run USING btree (created_at DESC, id DESC);
CREATE UNIQUE INDEX run_one_per_subject ON public.run USING btree (subject_kind, subject_id) WHERE exclusive;
CREATE INDEX run_organization ON public.run USING btree (organization, created_at, id);
CREATE INDEX run_parent ON public.run USING btree (parent) WHERE (parent IS NOT NULL);
CREATE INDEX run_project ON public.run USING btree (project, created_at DESC);
CREATE INDEX run_subject ON public.run USING btree (subject_id, created_at) WHERE (subject_id IS NOT NULL);

create table run_step (
    child text,
    due timestamp with time zone,
    finished_at timestamp with time zone,
    name text not null,
    ordinal integer not null,
    output jsonb,
    run_id text not null,
    sealed bytea,
    started_at timestamp with time zone not null,
    status text not null,
    tries integer not null,
    undoable boolean not null,
    undone boolean not null,
    constraint run_step_pkey PRIMARY KEY (run_id, name)
);

create table scheduled_tasks (
    consecutive_failures integer,
    execution_time timestamp with time zone not null,
    last_failure timestamp with time zone,
    last_heartbeat timestamp with time zone,
    last_success timestamp with time zone,
    picked boolean not null,
    picked_by text,
    priority smallint,
    task_data bytea,
    task_instance text not null,
    task_name text not null,
    version bigint not null,
    constraint scheduled_tasks_pkey PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_due ON public.scheduled_tasks USING btree (execution_time);
CREATE INDEX scheduled_tasks_heartbeat ON public.scheduled_tasks USING btree (last_heartbeat);

create table sealing_check (
    name text not null,
    sealed bytea not null,
    constraint sealing_check_pkey PRIMARY KEY (name)
);

create table service_account (
    client_id text not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    description text,
    display_name text not null,
    id text not null,
    name text not null,
    organization_id text not null,
    project_id text,
    state text not null default 'active'::text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint service_account_client_id_key UNIQUE (client_id),
    constraint service_account_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint service_account_pkey PRIMARY KEY (id),
    constraint service_account_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint service_account_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);
CREATE UNIQUE INDEX service_account_name ON public.service_account USING btree (organization_id, name);
CREATE INDEX service_account_page ON public.service_account USING btree (organization_id, created_at DESC, id);

create table service_account_credential (
    created_at timestamp with time zone not null,
    created_by text not null,
    expires_at timestamp with time zone,
    id text not null,
    last_used_address text,
    last_used_at timestamp with time zone,
    secret_hash bytea not null,
    service_account_id text not null,
    constraint service_account_credential_pkey PRIMARY KEY (id),
    constraint service_account_credential_service_account_id_fkey FOREIGN KEY (service_account_id) REFERENCES service_account(id) ON DELETE CASCADE
);
CREATE INDEX service_account_credential_page ON public.service_account_credential USING btree (service_account_id, created_at DESC, id);

create table session (
    actor_id text,
    address text,
    amr text[] not null default '{pwd}'::text[],
    authenticated_at timestamp with time zone,
    bound_to text,
    client_id text,
    cookie_hash bytea,
    created_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    expires_at timestamp with time zone not null,
    id text not null,
    last_seen_at timestamp with time zone,
    organization_id text not null,
    parent_id text,
    project_id text not null,
    provider_id text,
    token_id text,
    user_agent text,
    user_id text not null,
    constraint session_bound_to_fkey FOREIGN KEY (bound_to) REFERENCES organization(id),
    constraint session_cookie_hash_key UNIQUE (cookie_hash),
    constraint session_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint session_pkey PRIMARY KEY (id),
    constraint session_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX session_age ON public.session USING btree (expires_at);
CREATE INDEX session_below ON public.session USING btree (parent_id) WHERE (ended_at IS NULL);
CREATE INDEX session_of_organization ON public.session USING btree (organization_id) WHERE (ended_at IS NULL);
CREATE INDEX session_of_provider ON public.session USING btree (provider_id) WHERE ((ended_at IS NULL) AND (provider_id IS NOT NULL));
CREATE INDEX session_of_user ON public.session USING btree (user_id) WHERE (ended_at IS NULL);

create table shell_session (
    address text,
    blueprint text not null,
    bytes_in bigint not null default 0,
    bytes_out bigint not null default 0,
    client text not null,
    ended_at timestamp with time zone,
    id text not null,
    started_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    user_id text not null,
    workspace text not null,
    constraint shell_session_pkey PRIMARY KEY (id),
    constraint shell_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE INDEX shell_session_age ON public.shell_session USING btree (updated_at);
CREATE INDEX shell_session_user ON public.shell_session USING btree (user_id, started_at DESC);

create table signing_key (
    active_from timestamp with time zone not null,
    algorithm text not null default 'ES256'::text,
    created_at timestamp with time zone not null,
    id text not null,
    public_key jsonb not null,
    retires_at timestamp with time zone not null,
    sealed_key bytea not null,
    constraint signing_key_pkey PRIMARY KEY (id)
);

create table stack (
    availability jsonb not null default '[]'::jsonb,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    deprecated_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    kind text not null,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    published_at timestamp with time zone,
    regions jsonb not null default '[]'::jsonb,
    spec jsonb not null,
    state text not null,
    state_reason text,
    updated_at timestamp with time zone not null,
    upgrades_to jsonb not null default '[]'::jsonb,
    version bigint not null default 1,
    constraint stack_kind_check CHECK ((kind = ANY (ARRAY['cluster'::text, 'vm'::text, 'inference'::text, 'training'::text]))),
    constraint stack_pkey PRIMARY KEY (id),
    constraint stack_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'deprecated'::text, 'invalid'::text, 'deleted'::text])))
);
CREATE UNIQUE INDEX stack_name ON public.stack USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX stack_page ON public.stack USING btree (created_at DESC, id);

create table storage_backend (
    capacity_gb bigint not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    name text not null,
    region text not null,
    state text not null,
    storage_class text not null,
    type text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    zone text,
    constraint storage_backend_capacity_gb_check CHECK ((capacity_gb > 0)),
    constraint storage_backend_pkey PRIMARY KEY (id),
    constraint storage_backend_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint storage_backend_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text]))),
    constraint storage_backend_type_check CHECK ((type = ANY (ARRAY['block'::text, 'file'::text, 'object'::text])))
);
CREATE UNIQUE INDEX storage_backend_name ON public.storage_backend USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX storage_backend_offer ON public.storage_backend USING btree (region, storage_class) WHERE (deleted_at IS NULL);
CREATE INDEX storage_backend_page ON public.storage_backend USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);

create table storage_share (
    backend_id text not null,
    id text not null,
    kind text not null,
    size_gb bigint not null,
    constraint storage_share_backend_id_fkey FOREIGN KEY (backend_id) REFERENCES storage_backend(id),
    constraint storage_share_pkey PRIMARY KEY (kind, id)
);
CREATE INDEX storage_share_backend ON public.storage_share USING btree (backend_id) INCLUDE (size_gb);

create table subnet (
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    ipv4_cidr cidr,
    ipv6_cidr cidr,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    network_id text,
    organization_id text not null,
    project_id text not null,
    region text not null,
    role text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    constraint subnet_check CHECK (((role = 'internal'::text) = (network_id IS NOT NULL))),
    constraint subnet_check1 CHECK (((ipv4_cidr IS NOT NULL) OR (ipv6_cidr IS NOT NULL))),
    constraint subnet_network_id_fkey FOREIGN KEY (network_id) REFERENCES network(id),
    constraint subnet_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint subnet_pkey PRIMARY KEY (id),
    constraint subnet_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint subnet_region_fkey FOREIGN KEY (region) REFERENCES region(code),
    constraint subnet_role_check CHECK ((role = ANY (ARRAY['internal'::text, 'external'::text])))
);
CREATE INDEX subnet_external ON public.subnet USING btree (region) WHERE ((role = 'external'::text) AND (deleted_at IS NULL));
CREATE UNIQUE INDEX subnet_name ON public.subnet USING btree (project_id, region, name) WHERE (deleted_at IS NULL);
CREATE INDEX subnet_network ON public.subnet USING btree (network_id) WHERE (deleted_at IS NULL);
CREATE INDEX subnet_of_project ON public.subnet USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX subnet_page ON public.subnet USING btree (project_id, region, created_at DESC, id);

create table totp (
    created_at timestamp with time zone not null,
    id text not null,
    last_step bigint not null,
    last_used_at timestamp with time zone,
    sealed_secret bytea not null,
    user_id text not null,
    constraint totp_id_key UNIQUE (id),
    constraint totp_pkey PRIMARY KEY (user_id),
    constraint totp_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);

create table training (
    attempt integer not null default 1,
    completed_at timestamp with time zone,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    desired text not null,
    display_name text,
    framework text not null,
    id text not null,
    labels jsonb not null default '{}'::jsonb,
    name text not null,
    organization_id text not null,
    priority text not null,
    project_id text not null,
    region text not null,
    run_id text,
    runs_until timestamp with time zone,
    sealed_env bytea,
    started_at timestamp with time zone,
    state text not null,
    state_reason text,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    work jsonb not null,
    constraint training_desired_check CHECK ((desired = ANY (ARRAY['running'::text, 'suspended'::text]))),
    constraint training_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint training_pkey PRIMARY KEY (id),
    constraint training_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text]))),
    constraint training_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint training_region_fkey FOREIGN KEY (region) REFERENCES region(code)
);
CREATE INDEX training_late ON public.training USING btree (runs_until) WHERE (runs_until IS NOT NULL);
CREATE UNIQUE INDEX training_name ON public.training USING btree (project_id, region, name) WHERE (deleted_at IS NULL);
CREATE INDEX training_newest ON public.training USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX training_of_organization ON public.training USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX training_of_project ON public.training USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX training_organization ON public.training USING btree (organization_id, region, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX training_page ON public.training USING btree (project_id, region, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX training_region ON public.training USING btree (region, created_at DESC, id) WHERE (deleted_at IS NULL);

create table user_identity (
    created_at timestamp with time zone not null,
    email text,
    email_verified boolean not null,
    id text not null,
    issuer text not null,
    last_used_at timestamp with time zone not null,
    project_id text,
    provider_id text,
    realm text not null,
    subject text not null,
    user_id text not null,
    constraint user_identity_pkey PRIMARY KEY (id),
    constraint user_identity_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES identity_provider(id) ON DELETE SET NULL,
    constraint user_identity_user_id_fkey FOREIGN KEY (user_id) REFERENCES iam_user(id)
);
CREATE UNIQUE INDEX user_identity_subject ON public.user_identity USING btree (realm, issuer, subject);
CREATE INDEX user_identity_user ON public.user_identity USING btree (user_id, created_at);

create table volume (
    backend_id text not null,
    created_at timestamp with time zone not null,
    created_by text not null,
    deleted_at timestamp with time zone,
    description text,
    display_name text,
    id text not null,
    instance_id text,
    labels jsonb not null default '{}'::jsonb,
    medium text not null,
    name text not null,
    organization_id text not null,
    project_id text not null,
    region text not null,
    run_id text,
    size_gb integer not null,
    state text not null,
    state_reason text,
    training_id text,
    type text not null,
    updated_at timestamp with time zone not null,
    version bigint not null default 1,
    zone text,
    constraint volume_backend_id_fkey FOREIGN KEY (backend_id) REFERENCES storage_backend(id),
    constraint volume_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instance(id),
    constraint volume_medium_check CHECK ((medium = ANY (ARRAY['block'::text, 'file'::text]))),
    constraint volume_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
    constraint volume_pkey PRIMARY KEY (id),
    constraint volume_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
    constraint volume_region_fkey FOREIGN KEY (region) REFERENCES region(code)
);
CREATE INDEX volume_alive ON public.volume USING btree (region, state) WHERE (deleted_at IS NULL);
CREATE INDEX volume_backend ON public.volume USING btree (backend_id);
CREATE INDEX volume_instance ON public.volume USING btree (instance_id) WHERE (instance_id IS NOT NULL);
CREATE UNIQUE INDEX volume_name ON public.volume USING btree (project_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX volume_newest ON public.volume USING btree (created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX volume_of_organization ON public.volume USING btree (organization_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX volume_of_project ON public.volume USING btree (project_id, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX volume_page ON public.volume USING btree (project_id, region, created_at DESC, id);
CREATE INDEX volume_training ON public.volume USING btree (training_id) WHERE (training_id IS NOT NULL);

create table workspace (
    account_uid text,
    blueprint text not null,
    cluster text not null,
    cpu text not null,
    created_at timestamp with time zone not null,
    deleted_at timestamp with time zone,
    id text not null,
    image text not null,
    job text,
    memory text not null,
    message text not null,
    name text not null,
    namespace text not null,
    organization text not null,
    owner text not null,
    pod_uid text,
    progress integer not null default 0,
    ready_at timestamp with time zone,
    restarts integer not null default 0,
    status text not null,
    updated_at timestamp with time zone not null,
    user_string text not null,
    username text not null,
    version bigint not null default 1,
    constraint workspace_pkey PRIMARY KEY (id)
);
CREATE INDEX workspace_cluster ON public.workspace USING btree (cluster) WHERE (deleted_at IS NULL);
CREATE INDEX workspace_job ON public.workspace USING btree (job);
CREATE UNIQUE INDEX workspace_name ON public.workspace USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX workspace_owner ON public.workspace USING btree (owner, created_at DESC, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX workspace_pod ON public.workspace USING btree (pod_uid) WHERE (deleted_at IS NULL);

CREATE OR REPLACE FUNCTION public.offer_checksums(of_region text)
 RETURNS void
 LANGUAGE sql
AS $function$
    update image
    set checksum = 'https://cloud-images.ubuntu.com/noble/current/SHA256SUMS'
    where region = of_region and code = 'ubuntu-24.04'
      and url like 'https://cloud-images.ubuntu.com/noble/current/%';

    update image
    set checksum = 'https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS'
    where region = of_region and code = 'debian-12'
      and url like 'https://cloud.debian.org/images/cloud/bookworm/latest/%';
$function$;

CREATE OR REPLACE FUNCTION public.offer_defaults(of_region text, of_zones jsonb, at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
AS $function$
    insert into gpu_type (region, code, display_name, vendor, memory_gb, device_name,
      created_at, updated_at)
    values
      (of_region, 'nvidia-h100-80gb', 'NVIDIA H100 80 GB', 'NVIDIA', 80, 'nvidia.com/gpu', at, at);

    insert into instance_type (region, code, display_name, kind, cpu_cores, ram_gb, gpu_type,
      gpu_count, disk_gb, zones, created_at, updated_at)
    values
      (of_region, 'vm.small', 'Small', 'vm', 1, 2, null, 0, 20, of_zones, at, at),
      (of_region, 'vm.medium', 'Medium', 'vm', 2, 8, null, 0, 40, of_zones, at, at),
      (of_region, 'vm.large', 'Large', 'vm', 4, 16, null, 0, 80, of_zones, at, at),
      (of_region, 'vm.xlarge', 'Extra large', 'vm', 8, 32, null, 0, 160, of_zones, at, at),
      (of_region, 'vm.h100', 'One H100', 'vm', 16, 128, 'nvidia-h100-80gb', 1, 200, of_zones,
        at, at),
      (of_region, 'metal.large', 'Whole server', 'bareMetal', 64, 512, null, 0, 2000, of_zones,
        at, at),
      (of_region, 'metal.h100', 'Whole server with eight H100', 'bareMetal', 128, 2048,
        'nvidia-h100-80gb', 8, 8000, of_zones, at, at);

    insert into image (region, code, display_name, os, architecture, url, min_disk_gb,
      created_at, updated_at)
    values
      (of_region, 'ubuntu-24.04', 'Ubuntu 24.04 LTS', 'linux', 'amd64',
        'https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img', 4,
        at, at),
      (of_region, 'debian-12', 'Debian 12', 'linux', 'amd64',
        'https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-generic-amd64.qcow2', 4,
        at, at);
$function$;

CREATE OR REPLACE FUNCTION public.region_offers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    perform offer_defaults(new.code, new.zones, new.created_at);
    perform offer_checksums(new.code);
    return null;
end $function$;

CREATE OR REPLACE FUNCTION public.region_zones()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if new.zones = '[]' then
        new.zones := jsonb_build_array(new.code || '-a');
    end if;
    return new;
end $function$;
