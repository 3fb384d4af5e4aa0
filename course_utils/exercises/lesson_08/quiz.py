"""Quiz of lesson 08."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "A model has 10 latents. Somebody decodes codes from the cube [-1, 1]^10 and calls the result "
        "typical samples. What is wrong?",
        (
            Option(
                "Nothing: most of a normal distribution lies within one standard deviation.",
                "68 % of each coordinate does, but all ten together only with probability 0.6827^10, about 2 %.",
            ),
            Option(
                "The cube holds about 2 % of the prior.",
                "0.6827^10 = 0.022. The more latents, the emptier the middle.",
                True,
            ),
            Option(
                "The decoder was trained on [0, 1].",
                "Pixels lie in [0, 1]; codes are drawn from a normal distribution.",
            ),
        ),
    ),
    Question(
        "The KL of a VAE is 20 nats. With 10,000 images you measure 9.2 nats of information and 10.8 of "
        "mismatch. What follows?",
        (
            Option(
                "More than half of the KL spoils the samples.",
                "The information cannot exceed ln 10,000 = 9.21 nats here, so what is left over says little.",
            ),
            Option("The encoder should be made larger.", "Nothing here is about the size of the encoder."),
            Option(
                "The information has hit its ceiling, ln N.",
                "E[ln r - ln p] over held-out codes is a lower bound on the mismatch, for any density r.",
                True,
            ),
        ),
    ),
    Question(
        "Distances between codes that were drawn from q(z|x), all 64 latents, give a poor kNN purity. "
        "The same model's active means give a good one. Why?",
        (
            Option(
                "Sleeping units add pure noise to every distance.",
                "Each of them is a fresh N(0, 1) number, for every image; there are many, and a distance "
                "adds them all up.",
                True,
            ),
            Option(
                "Purity needs fewer dimensions to be defined.",
                "It is defined in any number of dimensions; 784 pixels give a good one.",
            ),
            Option("The draws belong to another model.", "Same encoder, same images; only noise was added."),
        ),
    ),
    Question(
        "In a t-SNE map the island of 1s is twice as large as that of 0s and far away from it. What may you conclude?",
        (
            Option(
                "The codes of 1s vary more.",
                "t-SNE gives each point a yardstick of its own, which evens out sizes: wide and narrow "
                "clouds look alike.",
            ),
            Option(
                "1s and 0s differ more than other digits.", "Distances between islands change with seed and perplexity."
            ),
            Option(
                "That near neighbours of 1s are mostly 1s.",
                "Near neighbours are what t-SNE tries to keep. Sizes of islands and distances between them are not.",
                True,
            ),
        ),
    ),
    Question(
        "Random digits look worse than reconstructions. Which repair leaves the decoder as it is?",
        (
            Option("More weight on the KL.", "That trains another decoder, one that knows less about each image."),
            Option(
                "Another density to draw codes from.",
                "Ex-post density estimation: only the place we draw from changes.",
                True,
            ),
            Option(
                "More latents.",
                "The decoder would have to be trained again, and most of the new units would fall asleep.",
            ),
        ),
    ),
)
