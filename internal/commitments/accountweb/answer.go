package accountweb

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"samklang/internal/platform/web"
)

// answer sends a file or feed. It has a tag by its content, so that who asks again gets nothing when nothing is new.
func answer(w http.ResponseWriter, r *web.Request, contentType string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Content-Language", r.Lang().Tag())
	if web.Known(r.Request, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", contentType)
	_, err := w.Write(body)
	return err
}

// download names the file a browser saves.
func download(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
