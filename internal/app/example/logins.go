package example

import "strings"

// LogIn is an invented person whom somebody who tries the program can be.
type LogIn struct {
	Email string
	As    string // "head, Älvkusten"
}

// LogIns lists those worth trying first; the log-in page has everybody.
func LogIns() ([]LogIn, error) {
	var in installation
	if err := read("installation.json", &in); err != nil {
		return nil, err
	}
	var list []LogIn
	for _, a := range in.Associations {
		for _, p := range a.People {
			if p.Try {
				list = append(list, LogIn{p.Email, strings.ReplaceAll(string(p.Role), "_", " ") + ", " + a.ShortName})
			}
		}
	}
	return append(list, LogIn{in.Administrator.Email, "administrator of the installation"}), nil
}
