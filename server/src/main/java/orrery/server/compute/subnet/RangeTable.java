package orrery.server.compute.subnet;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import orrery.kit.db.Tx;

/// The SQL of table `address_range`: the addresses that nobody has.
final class RangeTable {
    /// Addresses from `first` to `last`, both included.
    record Range(String first, String last) {
        static Range of(ResultSet row) throws SQLException {
            return new Range(row.getString(1), row.getString(2));
        }
    }

    void insert(Tx tx, String subnet, String first, String last) {
        tx.handle().createUpdate("""
                insert into address_range (subnet_id, first, last)
                values (:subnet, :first::inet, :last::inet)
                """)
                .bind("subnet", subnet).bind("first", first).bind("last", last).execute();
    }

    private static final String ANY = """
            select host(first), host(last)
            from address_range
            where subnet_id = :subnet
              and family(last) = :family
            order by last
            limit 1
            """;

    /// Locks the lowest range that nobody else has locked; empty when there is none.
    Optional<Range> lockFree(Tx tx, String subnet, boolean ipv4) {
        return one(tx, ANY + "for update skip locked", subnet, ipv4);
    }

    /// Locks the lowest range, and waits for it. Empty also when it was used up meanwhile.
    Optional<Range> await(Tx tx, String subnet, boolean ipv4) {
        return one(tx, ANY + "for update", subnet, ipv4);
    }

    /// Whether there is a range, locked or not.
    boolean hasAny(Tx tx, String subnet, boolean ipv4) {
        return one(tx, ANY, subnet, ipv4).isPresent();
    }

    private static Optional<Range> one(Tx tx, String sql, String subnet, boolean ipv4) {
        return tx.handle().createQuery(sql)
                .bind("subnet", subnet)
                .bind("family", ipv4 ? 4 : 6)
                .map((row, context) -> Range.of(row)).findOne();
    }

    /// The inner query goes to one entry of the index, whatever else is free.
    private static final String AROUND = """
            select host(first), host(last)
            from address_range
            where subnet_id = :subnet
              and first <= :address::inet
              and last = (select min(last)
                          from address_range
                          where subnet_id = :subnet and last >= :address::inet)
            """;

    /// Locks the range that an address is in. Empty also when it was split meanwhile.
    Optional<Range> lockAround(Tx tx, String subnet, String address) {
        return around(tx, AROUND + "for update", subnet, address);
    }

    boolean isFree(Tx tx, String subnet, String address) {
        return around(tx, AROUND, subnet, address).isPresent();
    }

    private static Optional<Range> around(Tx tx, String sql, String subnet, String address) {
        return tx.handle().createQuery(sql)
                .bind("subnet", subnet)
                .bind("address", address)
                .map((row, context) -> Range.of(row)).findOne();
    }

    /// Takes an address out of a range that is locked. What lies before it becomes a range.
    void take(Tx tx, String subnet, Range range, String address) {
        tx.handle().createUpdate("""
                insert into address_range (subnet_id, first, last)
                select :subnet, :first::inet, :address::inet - 1
                where :first::inet < :address::inet
                """)
                .bind("subnet", subnet)
                .bind("first", range.first())
                .bind("address", address)
                .execute();
        cut(tx, subnet, range, address);
    }

    /// Takes the first address of a range that is locked.
    void takeFirst(Tx tx, String subnet, Range range) {
        cut(tx, subnet, range, range.first());
    }

    private static void cut(Tx tx, String subnet, Range range, String address) {
        boolean isLast = tx.handle().createUpdate("""
                update address_range
                set first = :address::inet + 1
                where subnet_id = :subnet
                  and last = :last::inet
                  and last > :address::inet
                """)
                .bind("subnet", subnet)
                .bind("last", range.last())
                .bind("address", address)
                .execute() == 0;
        if (isLast) {
            tx.handle().createUpdate("""
                    delete from address_range
                    where subnet_id = :subnet
                      and last = :last::inet
                    """).bind("subnet", subnet).bind("last", range.last()).execute();
        }
    }

    void deleteAll(Tx tx, String subnet) {
        tx.handle().createUpdate("delete from address_range where subnet_id = :subnet")
                .bind("subnet", subnet).execute();
    }
}
