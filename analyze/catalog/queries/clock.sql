-- One row: the server's clock, which goes on within a transaction.
select extract(epoch from clock_timestamp())::float8
