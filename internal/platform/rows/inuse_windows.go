package rows

// Windows does not tell who has locked a part of a file.
func servedFile(string) (int, error) { return 0, nil }
