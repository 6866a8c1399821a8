package main

import (
	"encoding/json"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// plain is a message as scripts read it: every field under its name in the .proto, numbers as numbers, times as RFC 3339, enumerations
// without their prefix in lower case. (protojson makes texts of 64-bit numbers, which no reader of such output expects.)
func plain(m protoreflect.Message) any {
	if t, ok := m.Interface().(*timestamppb.Timestamp); ok {
		return t.AsTime().Format(time.RFC3339Nano)
	}
	object := map[string]any{}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) && (f.Message() != nil && !f.IsList() && !f.IsMap() || f.ContainingOneof() != nil) {
			continue
		}
		object[string(f.Name())] = plainField(f, m.Get(f))
	}
	return object
}

func plainField(f protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch {
	case f.IsList():
		list := make([]any, v.List().Len())
		for i := range list {
			list[i] = plainValue(f, v.List().Get(i))
		}
		return list
	case f.IsMap():
		object := map[string]any{}
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			object[k.String()] = plainValue(f.MapValue(), v)
			return true
		})
		return object
	}
	return plainValue(f, v)
}

func plainValue(f protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch f.Kind() {
	case protoreflect.MessageKind:
		return plain(v.Message())
	case protoreflect.EnumKind:
		name := string(f.Enum().Values().ByNumber(v.Enum()).Name())
		// NODE_STATE_READY of NodeState is "ready".
		prefix := strings.ToUpper(snake(string(f.Enum().Name()))) + "_"
		return strings.ToLower(strings.TrimPrefix(name, prefix))
	case protoreflect.BytesKind:
		if b := v.Bytes(); json.Valid(b) { // vars and props are JSON
			return json.RawMessage(b)
		}
		return nil
	}
	return v.Interface()
}

func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return b.String()
}
