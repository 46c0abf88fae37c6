// etcd of the version that this Kubernetes expects: with an older one kwok's lease watches end at once and all nodes flap.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
