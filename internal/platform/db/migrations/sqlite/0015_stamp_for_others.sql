-- One release at a time works on a SQLite file, so nobody there writes without a stamp: this only keeps the versions of both engines alike.

-- +goose Up

-- +goose Down
