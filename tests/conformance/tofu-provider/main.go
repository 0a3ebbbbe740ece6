// A provider that stands in for every one that the generated Terraform names, so that OpenTofu itself can check that
// Terraform without its registry: `tofu validate` asks it for the arguments and attributes of each resource and then looks
// at every expression, reference and function.
//
// STAND_IN names a file of JSON, made from tests/acceptance/terraform.schema.json:
//
//	{"provider": {ARGUMENTS}, "resources": {KIND: {ARGUMENTS}}, "data": {KIND: {ARGUMENTS}}}
//	ARGUMENTS: {"required": [NAME…], "optional": [NAME…], "gives": [NAME…]}
//
// It makes nothing: planning and applying are not there.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type arguments struct {
	Required []string `json:"required"`
	Optional []string `json:"optional"`
	Gives    []string `json:"gives"`
}

type description struct {
	Provider  arguments            `json:"provider"`
	Resources map[string]arguments `json:"resources"`
	Data      map[string]arguments `json:"data"`
}

// Every value may be of any type: which ones are right is the JSON Schema's matter.
func (a arguments) schema() *tfprotov5.Schema {
	block := &tfprotov5.SchemaBlock{}
	add := func(names []string, required, optional, computed bool) {
		for _, name := range names {
			block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{
				Name: name, Type: tftypes.DynamicPseudoType, Required: required, Optional: optional, Computed: computed,
			})
		}
	}
	add(a.Required, true, false, false)
	add(a.Optional, false, true, false)
	add(a.Gives, false, false, true)
	return &tfprotov5.Schema{Block: block}
}

// What is not here is not asked for by `tofu validate`.
type server struct {
	tfprotov5.ProviderServer
	description description
}

func (s server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	answer := &tfprotov5.GetProviderSchemaResponse{
		Provider:          s.description.Provider.schema(),
		ResourceSchemas:   map[string]*tfprotov5.Schema{},
		DataSourceSchemas: map[string]*tfprotov5.Schema{},
	}
	for kind, arguments := range s.description.Resources {
		answer.ResourceSchemas[kind] = arguments.schema()
	}
	for kind, arguments := range s.description.Data {
		answer.DataSourceSchemas[kind] = arguments.schema()
	}
	return answer, nil
}

func (s server) PrepareProviderConfig(_ context.Context, asked *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: asked.Config}, nil
}

func (s server) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (s server) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (s server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		os.Exit(2)
	}
}

func serve() error {
	text, err := os.ReadFile(os.Getenv("STAND_IN"))
	if err != nil {
		return err
	}
	var all description
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	return tf5server.Serve("registry.opentofu.org/stand/in", func() tfprotov5.ProviderServer {
		return server{description: all}
	})
}
