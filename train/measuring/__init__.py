"""How exact a model is: metrics, evaluation."""
