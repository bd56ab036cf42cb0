"""Speed as ratios: ours beside a bare Flask handler that writes the same rows, in one run."""
