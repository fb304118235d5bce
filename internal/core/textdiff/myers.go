package textdiff

// changes marks the tokens of a that are not in b and those of b that are not in a, as few as possible. The unmarked tokens of both
// match one by one, in order.
func changes(a, b []token) (gone, come []bool) {
	gone, come = make([]bool, len(a), len(a)+1), make([]bool, len(b), len(b)+1)
	start := 0
	for start < len(a) && start < len(b) && a[start].body == b[start].body {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1].body == b[endB-1].body {
		endA, endB = endA-1, endB-1
	}
	numbers := map[string]int32{}
	x, y := number(a[start:endA], numbers), number(b[start:endB], numbers)
	trace, ok := search(x, y)
	if !ok {
		fill(gone[start:endA])
		fill(come[start:endB])
		return gone, come
	}
	i, j := len(x), len(y)
	for d := len(trace) - 1; d > 0; d-- {
		k := i - j
		if stepDown(trace[d], k, d) {
			i = int(trace[d].at(k + 1))
			j = i - (k + 1)
			come[start+j] = true
		} else {
			i = int(trace[d].at(k - 1))
			j = i - (k - 1)
			gone[start+i] = true
		}
	}
	return gone, come
}

func fill(marks []bool) {
	for i := range marks {
		marks[i] = true
	}
}

// number replaces words by numbers, the same number for the same word.
func number(ts []token, numbers map[string]int32) []int32 {
	out := make([]int32, len(ts))
	for i, t := range ts {
		n, ok := numbers[t.body]
		if !ok {
			n = int32(len(numbers))
			numbers[t.body] = n
		}
		out[i] = n
	}
	return out
}

// front holds the furthest x reached on each diagonal k = x-y with a number of changes; k runs from -d to d.
type front []int32

func (f front) at(k int) int32 { return f[k+len(f)/2] }

// stepDown tells whether the best path to diagonal k with d changes comes from adding a word (down) or removing one (right).
func stepDown(f front, k, d int) bool {
	return k == -d || k != d && f.at(k-1) < f.at(k+1)
}

// search finds the fewest changes from x to y. trace[d] is the front before the step to d changes. ok is false when there are more
// than MaxChanges.
func search(x, y []int32) (trace []front, ok bool) {
	limit := min(len(x)+len(y), MaxChanges)
	v := make(front, 2*(limit+1)+1)
	mid := len(v) / 2
	for d := 0; d <= limit; d++ {
		trace = append(trace, append(front(nil), v[mid-d-1:mid+d+2]...))
		for k := -d; k <= d; k += 2 {
			i := v.at(k-1) + 1
			if stepDown(v, k, d) {
				i = v.at(k + 1)
			}
			j := int(i) - k
			for int(i) < len(x) && j >= 0 && j < len(y) && x[i] == y[j] {
				i, j = i+1, j+1
			}
			v[mid+k] = i
			if int(i) >= len(x) && j >= len(y) {
				return trace, true
			}
		}
	}
	return nil, false
}
