package disclosure_test

import "math/big"

// span is what follows from facts by adding and subtracting them, in exact arithmetic.
type span struct {
	rows   [][]*big.Rat
	pivots []int
}

func spanOf(facts []fact, columns int) *span {
	s := &span{}
	for _, f := range facts {
		s.add(f.vector)
	}
	return s
}

// add takes in a sum, unless it follows already.
func (s *span) add(vector []int) {
	rest := s.reduce(vector)
	for pivot, x := range rest {
		if x.Sign() == 0 {
			continue
		}
		inverse := new(big.Rat).Inv(x)
		for i := range rest {
			if rest[i].Sign() != 0 {
				rest[i] = new(big.Rat).Mul(rest[i], inverse)
			}
		}
		s.rows, s.pivots = append(s.rows, rest), append(s.pivots, pivot)
		return
	}
}

// reduce is what is left of a sum when all that is known is taken off.
func (s *span) reduce(vector []int) []*big.Rat {
	rest := make([]*big.Rat, len(vector))
	for i, x := range vector {
		rest[i] = big.NewRat(int64(x), 1)
	}
	var product big.Rat
	for k, row := range s.rows {
		by := rest[s.pivots[k]]
		if by.Sign() == 0 {
			continue
		}
		for i, x := range row {
			if x.Sign() != 0 {
				rest[i] = new(big.Rat).Sub(rest[i], product.Mul(by, x))
			}
		}
	}
	return rest
}

// tells says whether a sum follows.
func (s *span) tells(vector []int) bool {
	for _, x := range s.reduce(vector) {
		if x.Sign() != 0 {
			return false
		}
	}
	return true
}
