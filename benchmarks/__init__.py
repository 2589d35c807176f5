"""Speed, shown as ratios against a peer or a physical limit in the same run. Never a test: the clock is noisy."""
