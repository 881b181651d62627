"""Full-size models with random weights: true dimensions, tensor names, quantisations, vocabulary.

Memory, load time and tokens per second are those of the real files, without a download. What
they answer is words without sense. `python -m benchmarks.synthetic_models NAME` writes one.
"""
