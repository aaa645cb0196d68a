package orrery.server.iam.apikey;

import orrery.kit.db.Tx;

final class CredentialTermsTable {
    private static final String OF = """
            select (settings ->> 'apiKeyMaxTtlDays')::integer as key_max_days,
                   (settings ->> 'apiKeyDefaultTtlDays')::integer as key_default_days,
                   (settings ->> 'credentialMaxTtlDays')::integer as credential_max_days,
                   (settings ->> 'allowOrgScopedKeys')::boolean as allows_wide
            from organization
            where id = :organization""";

    CredentialTerms of(Tx tx, String organization) {
        return tx.handle().createQuery(OF).bind("organization", organization)
                .mapTo(CredentialTerms.class).one();
    }
}
