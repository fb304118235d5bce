package lang

import (
	"encoding/hex"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// MaxSorted is how many bytes of a text count when it is sorted.
const MaxSorted = 400

type sorter struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

var sorters = sync.Pool{New: func() any {
	return &sorter{collator: collate.New(language.MustParse("sv-u-co-standard"), collate.Numeric)}
}}

// SortKey is what a text is sorted by in Swedish: å, ä and ö after z, w after v, é as e, upper and lower case together, "9" before
// "10". It is stored in a column of its own, so that both databases sort alike; it consists of the digits and letters 0–9 and a–f,
// which every collation of a database sorts in byte order.
func SortKey(text string) string {
	if len(text) > MaxSorted {
		text = text[:MaxSorted]
	}
	s := sorters.Get().(*sorter)
	defer sorters.Put(s)
	s.buffer.Reset()
	return hex.EncodeToString(s.collator.KeyFromString(&s.buffer, text))
}
