/// PostgreSQL: the embedded one, the pools, transactions, migrations and JSON columns.
@NullMarked
package orrery.kit.db;

import org.jspecify.annotations.NullMarked;
