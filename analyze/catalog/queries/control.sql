-- One row; both functions are asked only where the role may call them, since a refused call would abort the transaction.
select (select system_identifier::text from pg_catalog.pg_control_system())
