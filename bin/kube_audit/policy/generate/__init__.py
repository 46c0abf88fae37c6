"""Writing a policy for a goal, and everything around it.

    goals      which rules a goal needs, with the reason for each
    write      the commented YAML
    budget     a ceiling in GB a day against a sample log
    surround   flags, webhook kubeconfig, patches for kubeadm, k3s, RKE2

What is written is linted and asked for coverage before it leaves: a policy with a finding of medium or above, or one
that leaves a chosen detection blind, is an error of ours, not an output.
"""
