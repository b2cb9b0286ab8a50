"""Synthetic HyperStudy bundles: every form, every defect, any size. Nobody in them is real."""
