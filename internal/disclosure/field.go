package disclosure

import "math/bits"

// Elimination reckons with whole numbers modulo the prime 2⁶¹-1, which is exact: nothing is rounded. A column of zeros and ones that depends on others over
// the rational numbers depends on them here too, unless the prime divides one of the determinants involved, which has not been met and would be
// found by the audit.
const prime = 1<<61 - 1

func plus(a, b uint64) uint64 {
	if a += b; a >= prime {
		a -= prime
	}
	return a
}

func minus(a, b uint64) uint64 {
	if a < b {
		a += prime
	}
	return a - b
}

func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return plus(low&prime, high<<3|low>>61)
}

// inverse gives 1/a for a above 0, by Fermat.
func inverse(a uint64) uint64 {
	r := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			r = times(r, a)
		}
		a = times(a, a)
	}
	return r
}
