package files

import "os"

// Windows keeps the names in a folder without being told and refuses to be.
func syncDir(*os.File) error { return nil }
