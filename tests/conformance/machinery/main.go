// Command machinery reads what talosgen writes with Talos's own library: machine configurations (strictly: unknown keys
// are errors), secrets bundles, client configurations, and values for META key 10. It names each file that it cannot
// read, and ends with 1 when there is one.
//
//	machinery config FILE…    machinery secrets FILE…    machinery client FILE…    machinery meta FILE…
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
)

// readers are those of meta.go, which needs a library that has its type.
var readers = map[string]func([]byte) error{}

func read(what, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	switch what {
	case "config":
		loaded, err := configloader.NewFromBytes(data)
		if err != nil {
			return err
		}
		if len(loaded.Documents()) == 0 {
			return errors.New("there is no document")
		}
		return nil
	case "secrets":
		bundle, err := secrets.LoadBundle(path)
		if err != nil {
			return err
		}
		return bundle.Validate()
	case "client":
		client, err := config.FromBytes(data)
		if err != nil {
			return err
		}
		if client.Contexts[client.Context] == nil {
			return errors.New("the current context is not there")
		}
		return nil
	default:
		if further := readers[what]; further != nil {
			return further(data)
		}
		return fmt.Errorf("%s is not known", what)
	}
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: machinery config|secrets|client|meta FILE…")
		os.Exit(2)
	}
	failed := false
	for _, path := range os.Args[2:] {
		if err := read(os.Args[1], path); err != nil {
			fmt.Printf("%s: %v\n", path, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}
