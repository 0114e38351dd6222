"""Networks: training, towers and embeddings that model templates take over by name."""
