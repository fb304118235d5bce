package ui

import "fmt"

// Brand is an association's own colour: one of eight whose contrasts are tested, so that no choice makes a page hard to read.
type Brand string

const (
	Spruce  Brand = "spruce"
	Moss    Brand = "moss"
	Sea     Brand = "sea"
	Slate   Brand = "slate"
	Heather Brand = "heather"
	Plum    Brand = "plum"
	Rowan   Brand = "rowan"
	Copper  Brand = "copper"
)

// Brands lists the colours in the order they are offered. Their names are the messages "ui.brand.…".
var Brands = [...]Brand{Spruce, Moss, Sea, Slate, Heather, Plum, Rowan, Copper}

// ParseBrand reads a stored colour; "" is Spruce.
func ParseBrand(s string) (Brand, error) {
	if s == "" {
		return Spruce, nil
	}
	for _, b := range Brands {
		if string(b) == s {
			return b, nil
		}
	}
	return Spruce, fmt.Errorf("not a brand colour: %q", s)
}

// Class gives an element and what is in it the association's colour.
func (b Brand) Class() string {
	if b == "" {
		b = Spruce
	}
	return "brand-" + string(b)
}
