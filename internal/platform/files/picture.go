package files

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"

	"samklang/internal/core/errs"
)

// Bounds of a picture. A camera of 50 megapixels is within them.
const (
	maxSide   = 12_000
	maxPixels = 64_000_000
)

func checkSize(c image.Config, err error) error {
	if err != nil {
		return damaged.Because(err)
	}
	if c.Width < 1 || c.Height < 1 {
		return damaged
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return errs.E(errs.Invalid, "files.picture_size", "side", maxSide)
	}
	return nil
}

func checkPNG(data []byte, _ int) error {
	if !bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) {
		return mismatch
	}
	if err := checkSize(png.DecodeConfig(bytes.NewReader(data))); err != nil {
		return err
	}
	for at := 8; ; {
		if at+12 > len(data) {
			return damaged
		}
		n := int64(binary.BigEndian.Uint32(data[at:]))
		next := int64(at) + 12 + n
		if next > int64(len(data)) {
			return damaged
		}
		if string(data[at+4:at+8]) == "IEND" {
			if next != int64(len(data)) {
				return twofold
			}
			return nil
		}
		at = int(next)
	}
}

func checkJPEG(data []byte, _ int) error {
	if !bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
		return mismatch
	}
	if err := checkSize(jpeg.DecodeConfig(bytes.NewReader(data))); err != nil {
		return err
	}
	// Telephones put films and previews after the picture, so what follows is only refused when it is an archive.
	if zipAtEnd(data) {
		return twofold
	}
	return nil
}

// checkWebP reads the container's header, which the standard library does not.
func checkWebP(data []byte, _ int) error {
	if len(data) < 30 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return mismatch
	}
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > int64(len(data)) {
		return damaged
	}
	if size < int64(len(data)) {
		return twofold
	}
	var c image.Config
	switch b := data[20:]; string(data[12:16]) {
	case "VP8 ":
		if !bytes.Equal(b[3:6], []byte{0x9d, 0x01, 0x2a}) {
			return damaged
		}
		c.Width, c.Height = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
	case "VP8L":
		if b[0] != 0x2f {
			return damaged
		}
		bits := binary.LittleEndian.Uint32(b[1:])
		c.Width, c.Height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	case "VP8X":
		c.Width, c.Height = 1+int(b[4])+int(b[5])<<8+int(b[6])<<16, 1+int(b[7])+int(b[8])<<8+int(b[9])<<16
	default:
		return damaged
	}
	return checkSize(c, nil)
}
