// The judge of the flux module: the controller's own libraries behind JSON lines. It reads one request a line and
// answers each with one line. install-peers.sh builds it into .peers/bin/flux-peer.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"unicode/utf8"

	"github.com/fluxcd/pkg/envsubst"
	"github.com/fluxcd/pkg/kustomize"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

type request struct {
	// A text to fill in …
	Text *string           `json:"text"`
	Vars map[string]string `json:"vars"`
	// … or a Kustomization (YAML) to build in a folder, which is changed by it.
	Kustomization string   `json:"kustomization"`
	Dir           string   `json:"dir"`
	Sources       []string `json:"sources"`
	Strict        bool     `json:"strict"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<28)
	for lines.Scan() {
		var req request
		out, err := "", json.Unmarshal(lines.Bytes(), &req)
		if err == nil {
			out, err = answer(&req)
		}
		reply := map[string]string{"out": out}
		if err == nil && !utf8.ValidString(out) {
			err = errors.New("the result is no text")
		}
		if err != nil {
			reply = map[string]string{"err": err.Error()}
		}
		line, _ := json.Marshal(reply)
		fmt.Println(string(line))
	}
}

func answer(req *request) (out string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if req.Text == nil {
		return build(req)
	}
	return envsubst.Eval(*req.Text, func(name string) (string, bool) {
		value, ok := req.Vars[name]
		return value, ok || !req.Strict
	})
}

func build(req *request) (string, error) {
	var ks unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(req.Kustomization), &ks.Object); err != nil {
		return "", err
	}
	cluster := &cluster{}
	for _, text := range req.Sources {
		var object unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
			return "", err
		}
		cluster.objects = append(cluster.objects, object)
	}
	if _, err := kustomize.NewGenerator("", ks).WriteFile(req.Dir); err != nil {
		return "", err
	}
	resources, err := kustomize.Build(filesys.MakeFsOnDisk(), req.Dir)
	if err != nil {
		return "", err
	}
	for _, resource := range resources.Resources() {
		if _, found, _ := unstructured.NestedMap(ks.Object, "spec", "postBuild"); !found {
			break
		}
		changed, err := kustomize.SubstituteVariables(context.Background(), cluster, ks, resource,
			kustomize.SubstituteWithStrict(req.Strict))
		if err != nil {
			return "", fmt.Errorf("%s: %w", resource.CurId(), err)
		}
		if changed != nil {
			if _, err = resources.Replace(changed); err != nil {
				return "", err
			}
		}
	}
	text, err := resources.AsYaml()
	return string(text), err
}

// cluster answers what the controller asks the API server for.
type cluster struct {
	client.Client
	objects []unstructured.Unstructured
}

func (c *cluster) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	kind := "Secret"
	if _, ok := into.(*corev1.ConfigMap); ok {
		kind = "ConfigMap"
	}
	for _, object := range c.objects {
		if object.GetKind() == kind && object.GetName() == key.Name && object.GetNamespace() == key.Namespace {
			text, err := json.Marshal(object.Object)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(text, into); err != nil {
				return err
			}
			if secret, ok := into.(*corev1.Secret); ok {
				stored(secret)
			}
			return nil
		}
	}
	return apierrors.NewNotFound(schema.GroupResource{Resource: kind}, key.Name)
}

// stored moves stringData into data, as the API server does.
func stored(secret *corev1.Secret) {
	if secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	for key, value := range secret.StringData {
		secret.Data[key] = []byte(value)
	}
}
