"""The data folder and everything kept in it: database, media files, backups."""
