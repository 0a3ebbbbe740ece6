#!/usr/bin/env python3
"""Writes a repository to measure with: manifests.py FOLDER FOLDERS MANIFESTS.

FOLDER/kubernetes/apps has so many folders with a kustomization each, and so many manifests in all of them: the kinds that
people's apps consist of. FOLDER/kubernetes/kustomization.yaml lists all of them, FOLDER/half/kustomization.yaml every
second one.
"""

import sys
from pathlib import Path

KINDS = [
    """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      containers:
        - name: main
          image: registry.example.com/apps/{name}:1.{number}.0
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: CONFIG
              valueFrom:
                configMapKeyRef:
                  name: {name}
                  key: config
          resources:
            requests:
              cpu: 10m
              memory: 64Mi
            limits:
              memory: 256Mi
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          volumeMounts:
            - name: data
              mountPath: /data
      volumes:
        - name: data
          emptyDir: {{}}
""",
    """apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
data:
  config: |
    listen: 0.0.0.0:8080
    level: info
    upstreams:
      - http://backend-{number}.example.com
""",
    """apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
""",
    """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
spec:
  rules:
    - host: {name}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port:
                  name: http
""",
    """apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
  annotations:
    description: the account of {name}
automountServiceAccountToken: false
""",
]


def kustomization(folder, namespace, resources):
    lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization"]
    if namespace:
        lines.append(f"namespace: {namespace}")
    lines += ["resources:", *(f"  - {name}" for name in resources), ""]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text("\n".join(lines))


def main():
    root, folders, manifests = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    apps = []
    for folder in range(folders):
        app = f"kubernetes/apps/team-{folder % 50}/app-{folder}"
        names = []
        (root / app).mkdir(parents=True, exist_ok=True)
        for number in range(manifests // folders):
            kind = KINDS[number % len(KINDS)]
            name = f"app-{folder}-{number // len(KINDS)}"
            file = f"{kind.split('kind: ')[1].split()[0].lower()}-{number}.yaml"
            (root / app / file).write_text(kind.format(name=name, number=number))
            names.append(file)
        kustomization(root / app, f"team-{folder % 50}", names)
        apps.append(app)
    kustomization(root / "kubernetes", "", [app.removeprefix("kubernetes/") for app in apps])
    kustomization(root / "half", "", [f"../{app}" for app in apps[::2]])


if __name__ == "__main__":
    main()
