-- What is to be taken out of clusters: also what was begun to be, and came to nothing.
drop index kubeconfig_expiry;
create index kubeconfig_expiry on kubeconfig (expires_at) where state in ('active', 'revoking');
