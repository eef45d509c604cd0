CREATE TABLE app.items (id integer PRIMARY KEY, embedding public.vector(3) NOT NULL);
