// Command evaluator asks the real loader, request parser and rule evaluator of k8s.io/apiserver.
//
// In:  JSON lines {"policy": TEXT, "method", "uri", "user", "groups", "noUser"}; method and uri may be absent.
// Out: JSON lines {"error"} or {"warning"}, and for a request {"attributes", "level", "omitStages",
// "omitManagedFields"} or {"refused"}. Run with `go run .` in this folder; loader.jsonl and requests.jsonl beside it
// hold what it said.
package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"sort"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/sets"
	auditinternal "k8s.io/apiserver/pkg/apis/audit"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/request"
)

type question struct {
	Policy string   `json:"policy"`
	Method string   `json:"method"`
	URI    string   `json:"uri"`
	User   string   `json:"user"`
	Groups []string `json:"groups"`
	NoUser bool     `json:"noUser"`
}

var (
	strict = serializer.NewCodecFactory(audit.Scheme, serializer.EnableStrict).UniversalDecoder()
	infos  = &request.RequestInfoFactory{
		APIPrefixes:          sets.NewString("api", "apis"),
		GrouplessAPIPrefixes: sets.NewString("api"),
	}
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := out.Encode(answer(q)); err != nil {
			panic(err)
		}
	}
}

func answer(q question) map[string]any {
	r := map[string]any{}
	_, _, err := strict.Decode([]byte(q.Policy), nil, &auditinternal.Policy{})
	if err != nil && runtime.IsStrictDecodingError(err) {
		r["warning"] = err.Error()
	}
	p, err := policy.LoadPolicyFromBytes([]byte(q.Policy))
	if err != nil {
		r["error"] = err.Error()
	}
	if q.Method == "" {
		return r
	}
	u, err := url.ParseRequestURI(q.URI)
	if err != nil {
		r["refused"] = err.Error()
		return r
	}
	info, err := infos.NewRequestInfo(&http.Request{Method: q.Method, URL: u})
	if err != nil {
		r["refused"] = err.Error()
		return r
	}
	r["attributes"] = map[string]any{
		"verb": info.Verb, "group": info.APIGroup, "is_resource": info.IsResourceRequest, "name": info.Name,
		"namespace": info.Namespace, "path": info.Path, "resource": info.Resource, "subresource": info.Subresource,
	}
	if p == nil {
		return r
	}
	a := authorizer.AttributesRecord{
		Verb: info.Verb, Namespace: info.Namespace, APIGroup: info.APIGroup, Resource: info.Resource,
		Subresource: info.Subresource, Name: info.Name, ResourceRequest: info.IsResourceRequest, Path: info.Path,
	}
	if !q.NoUser {
		a.User = &user.DefaultInfo{Name: q.User, Groups: q.Groups}
	}
	c := policy.NewPolicyRuleEvaluator(p).EvaluatePolicyRule(a)
	stages := []string{}
	for _, stage := range c.OmitStages {
		stages = append(stages, string(stage))
	}
	sort.Strings(stages)
	r["level"], r["omitStages"], r["omitManagedFields"] = c.Level, stages, c.OmitManagedFields
	return r
}
