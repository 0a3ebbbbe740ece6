// A plugin for age that needs no hardware, on the reference library for plugins: native X25519 keys under another name. It
// stands for plugins as people use them, in the comparison of secrets with sops. `age-plugin-wrapped keygen` prints a key
// file.
package main

import (
	"fmt"
	"log"
	"os"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

const name = "wrapped"

type recipient struct{ inner *age.X25519Recipient }

func (r recipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas, err := r.inner.Wrap(fileKey)
	for _, stanza := range stanzas {
		stanza.Type = name
	}
	return stanzas, err
}

type identity struct{ inner *age.X25519Identity }

func (i identity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	var own []*age.Stanza
	for _, stanza := range stanzas {
		if stanza.Type == name {
			own = append(own, &age.Stanza{Type: "X25519", Args: stanza.Args, Body: stanza.Body})
		}
	}
	return i.inner.Unwrap(own)
}

func keygen() error {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	fmt.Printf("# public key: %s\n", plugin.EncodeRecipient(name, []byte(key.Recipient().String())))
	fmt.Println(plugin.EncodeIdentity(name, []byte(key.String())))
	return nil
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "keygen" {
		if err := keygen(); err != nil {
			log.Fatal(err)
		}
		return
	}
	p, err := plugin.New(name)
	if err != nil {
		log.Fatal(err)
	}
	p.HandleRecipient(func(data []byte) (age.Recipient, error) {
		inner, err := age.ParseX25519Recipient(string(data))
		return recipient{inner}, err
	})
	p.HandleIdentity(func(data []byte) (age.Identity, error) {
		inner, err := age.ParseX25519Identity(string(data))
		return identity{inner}, err
	})
	os.Exit(p.Main())
}
