package main

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"reflect"

	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"go.yaml.in/yaml/v4"
)

// A value for META key 10 is read strictly, and what Talos writes again must hold all that was given.
func init() {
	readers["meta"] = func(data []byte) error {
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		for n := 0; ; n++ {
			var given any
			if err := decoder.Decode(&given); err == io.EOF && n > 0 {
				return nil
			} else if err != nil {
				return err
			}
			text, err := yaml.Marshal(given)
			if err != nil {
				return err
			}
			var spec network.PlatformConfigSpec
			strict := yaml.NewDecoder(bytes.NewReader(text))
			strict.KnownFields(true)
			if err := strict.Decode(&spec); err != nil {
				return err
			}
			if text, err = yaml.Marshal(spec); err != nil {
				return err
			}
			var kept any
			if err := yaml.Unmarshal(text, &kept); err != nil {
				return err
			}
			if lost := missing(given, kept, ""); lost != "" {
				return fmt.Errorf("Talos does not keep %s", lost)
			}
		}
	}
}

// missing is the path of the first value that is not kept.
func missing(given, kept any, path string) string {
	switch given := given.(type) {
	case map[string]any:
		other, _ := kept.(map[string]any)
		for key, value := range given {
			if lost := missing(value, other[key], path+"."+key); lost != "" {
				return lost
			}
		}
		return ""
	case []any:
		other, _ := kept.([]any)
		if len(given) != len(other) {
			return path
		}
		for n, value := range given {
			if lost := missing(value, other[n], fmt.Sprintf("%s[%d]", path, n)); lost != "" {
				return lost
			}
		}
		return ""
	}
	if !reflect.DeepEqual(given, kept) && !sameAddress(given, kept) {
		return fmt.Sprintf("%s: %v is %v", path, given, kept)
	}
	return ""
}

// sameAddress is whether two texts are one address, in other letters.
func sameAddress(given, kept any) bool {
	one, _ := given.(string)
	other, _ := kept.(string)
	if a, err := netip.ParsePrefix(one); err == nil {
		b, err := netip.ParsePrefix(other)
		return err == nil && a == b
	}
	a, err := netip.ParseAddr(one)
	b, err2 := netip.ParseAddr(other)
	return err == nil && err2 == nil && a == b
}
