"""Many archives over time: retention, holds, erasure, audit log."""
