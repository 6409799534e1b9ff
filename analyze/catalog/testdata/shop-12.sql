set search_path = app, public;
create table gen (a int, b int generated always as (a * 2) stored);
