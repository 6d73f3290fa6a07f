"""The laws that every perturbation obeys; `perturbations.testing` is their public face."""
