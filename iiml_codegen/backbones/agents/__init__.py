"""The paper's agents, answered by a backbone: one module and one prompt file each."""
