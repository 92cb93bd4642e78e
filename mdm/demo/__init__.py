"""A deterministic manufacturer with known truth: exports of five systems that overlap, disagree and err."""

from mdm.demo.generator import SIZES, Size, generate
from mdm.demo.manifest import Manifest, load_manifest, load_truth

__all__ = ["SIZES", "Manifest", "Size", "generate", "load_manifest", "load_truth"]
