package associations

import (
	"strings"

	"samklang/internal/core/errs"
)

// OrgNumber is a Swedish organisation number, written 222000-0000; "" is none. The tenth digit checks the nine before it (Luhn), and
// the third is at least 2, which sets it apart from a personal number (lag 1974:174 om identitetsbeteckning för juridiska personer).
type OrgNumber string

// ParseOrgNumber reads ten digits with or without the hyphen and spaces, or twelve that begin with 16.
func ParseOrgNumber(s string) (OrgNumber, error) {
	digits := strings.NewReplacer("-", "", "–", "", " ", "", "\u00a0", "").Replace(strings.TrimSpace(s))
	if digits == "" {
		return "", nil
	}
	if len(digits) == 12 {
		digits = strings.TrimPrefix(digits, "16")
	}
	if len(digits) != 10 || strings.Trim(digits, "0123456789") != "" || digits[2] < '2' {
		return "", errs.E(errs.Invalid, "associations.org_number_invalid")
	}
	sum := 0
	for i, c := range digits {
		n := int(c - '0')
		if i%2 == 0 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	if sum%10 != 0 {
		return "", errs.E(errs.Invalid, "associations.org_number_check")
	}
	return OrgNumber(digits[:6] + "-" + digits[6:]), nil
}
