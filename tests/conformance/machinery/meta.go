package main

import (
	"github.com/siderolabs/talos/pkg/machinery/resources/network"
	"go.yaml.in/yaml/v4"
)

func init() {
	readers["meta"] = func(data []byte) error {
		var spec network.PlatformConfigSpec
		return yaml.Unmarshal(data, &spec)
	}
}
