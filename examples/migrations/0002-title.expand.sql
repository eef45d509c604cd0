-- The app writes both from now on, and reads the new one.
ALTER TABLE documents ADD COLUMN title text;
