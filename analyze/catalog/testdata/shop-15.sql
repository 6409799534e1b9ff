set search_path = app, public;
create table nnd (a int unique nulls not distinct);
