-- contracts: 0002
ALTER TABLE documents DROP COLUMN heading;
